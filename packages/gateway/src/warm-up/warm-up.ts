/**
 * Calls after the start that nobody asked for, over sockets of this machine to a provider of our own, so that the engine has compiled the
 * way of a call before somebody waits for it. They leave no log line and no row.
 */

import { randomUUID } from "node:crypto";
import { buildHouse, type PriceBook, type RouterSettings, sleep } from "tollgate/parts";
import { createAccess } from "../access/access.ts";
import { collect, eagerly } from "../engine.ts";
import { InFlight } from "../http/in-flight.ts";
import { createLlmServer, createServing, type LlmServerOptions } from "../http/llm-server.ts";
import { openAdmission } from "../limits/admission.ts";
import { logCall } from "../observers/call-log.ts";
import type { Log } from "../observers/log.ts";
import { type CallParts, callParts } from "../serve-call.ts";
import { createRowIds, entryOf } from "../spend/entry-of.ts";
import { rowOf } from "../spend/row-of.ts";
import { type Provider, providers } from "./answers.ts";
import { Asker, listenOnLoopback, scriptedProvider } from "./ends.ts";

interface WarmUpOptions {
  readonly parts: CallParts;
  readonly book: PriceBook;
  readonly router: RouterSettings;
  readonly http: LlmServerOptions;
  readonly log: Log;
  /** False as soon as real work comes: then it ends. */
  readonly idle: () => boolean;
}

/** Enough for the engine to compile most of it; more would cost memory. */
const ROUNDS = 80;
/** Further ones of streams that pass hands off: there a call takes its time with many small pieces, so the engine is slow to notice them. */
const STREAM_ROUNDS = 80;
const CLIENTS = 4;
/** Streams in a row, more or less, that one provider answers. */
const TURN = 16;
/** Whoever waits for the start is answered first. */
const WAIT_MS = 100;
/** So often it looks for a moment of rest; whoever is asked without a pause needs no warm-up. */
const LOOKS = 10;

/** One model per way: passed on hands off, and translated. */
const handsOff = "openai/warm-up";
const translated = "anthropic/warm-up";

export async function warmUp(options: WarmUpOptions): Promise<void> {
  if (!(await isAtRest(options))) return;
  const provider = scriptedProvider(turnByTurn());
  const closings: (() => unknown)[] = [() => provider.close()];
  try {
    const house = houseOf(options, await listenOnLoopback(provider));
    const key = `sk-${randomUUID()}`;
    const http = { ...options.http, rootPath: "", corsOrigins: [], tls: undefined, inFlight: new InFlight() };
    const serving = createServing(partsOf(options, house, key), http);
    const server = createLlmServer(serving, (_request, response) => response.destroy(), http);
    const askers: Asker[] = [];
    closings.unshift(
      () => {
        for (const asker of askers) asker.close();
      },
      () => server.close(),
      () => serving.close(),
      () => house.close(),
    );
    const port = await listenOnLoopback(server);
    for (let at = 0; at < CLIENTS; at += 1) askers.push(new Asker(port));
    await play(askers, key, options.idle);
  } catch {
    // There is no loopback, or the gateway is stopping: the first calls warm it up.
  } finally {
    for (const close of closings) await close();
  }
}

async function isAtRest({ parts, idle }: WarmUpOptions): Promise<boolean> {
  for (let look = 0; look < LOOKS; look += 1) {
    await sleep(parts.house.clock, WAIT_MS);
    if (idle()) return true;
  }
  return false;
}

async function play(askers: readonly Asker[], key: string, idle: () => boolean): Promise<void> {
  const requests = [handsOff, translated].flatMap((model) => [false, true].map((stream) => requestOf({ model, stream, key })));
  const stream = requestOf({ model: handsOff, stream: true, key });
  // What the start left behind goes first: what lives on then takes its place, and the process stays small.
  if (idle()) collect();
  for (let round = 0; round < ROUNDS && idle(); round += 1)
    await Promise.all(askers.map((asker, at) => asker.ask(requests[at % requests.length] ?? stream)));
  await eagerly(async () => {
    for (let round = 0; round < STREAM_ROUNDS && idle(); round += 1) await Promise.all(askers.map((asker) => asker.ask(stream)));
  });
}

function houseOf({ book, router }: WarmUpOptions, port: number): ReturnType<typeof buildHouse> {
  const api_base = `http://127.0.0.1:${port}`;
  const rows = [handsOff, translated].map((model) => ({ model_name: model, litellm_params: { model, api_base, api_key: "none" } }));
  return buildHouse({ rows, router, book, loopbackAllowed: true });
}

/** The same as for real calls, but that the line and the row, once they are made, go nowhere. */
function partsOf({ parts, log }: WarmUpOptions, house: CallParts["house"], key: string): CallParts {
  const mute: Log = { ...log, info: ignore, warn: ignore, error: ignore, debug: ignore, line: ignore };
  const rowIdOf = createRowIds(randomUUID);
  return callParts({
    ...parts,
    onBegun: () => ignore,
    copyOf: undefined,
    house,
    access: createAccess({ masterKey: key, clock: house.clock }),
    admission: openAdmission,
    onFinished(finished, written) {
      logCall(mute, finished.record);
      rowOf(entryOf(finished, { rowIdOf }), log.redact);
      written();
    },
    onBug: ignore,
  });
}

function ignore(): void {}

function requestOf({ model, stream, key }: { model: string; stream: boolean; key: string }): string {
  const body = JSON.stringify({
    model,
    stream,
    messages: [{ role: "user", content: "Warm up, please." }],
    max_tokens: 16,
    temperature: 0.5,
  });
  const lines = ["host: 127.0.0.1", `authorization: Bearer ${key}`, "content-type: application/json", `content-length: ${body.length}`];
  return `POST /v1/chat/completions HTTP/1.1\r\n${lines.join("\r\n")}\r\n\r\n${body}`;
}

/** Whole answers are two providers' by turns. Of streams one says a few in a row, then the next: what they have in common is learned. */
function turnByTurn(): Parameters<typeof scriptedProvider>[0] {
  const all = providers();
  let turns = 0;
  return (request) => {
    turns += 1;
    const isStream = request.includes('"stream":true');
    const { chat, message } = all[isStream ? Math.floor(turns / TURN) % all.length : turns % 2] as Provider;
    const asked = request.startsWith("POST /v1/messages") ? message : chat;
    return isStream ? asked.stream : asked.whole;
  };
}
