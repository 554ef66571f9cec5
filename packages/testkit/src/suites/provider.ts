/** The contract of a provider: what every row of the catalog must do, whatever it is called and speaks. */

import {
  Body,
  type BuiltHouse,
  beginCall,
  buildHouse,
  bundledPriceBook,
  type Call,
  type ClientSide,
  type Deployment,
  type DialectName,
  GatewayError,
  laneOf,
  type Opened,
  open,
  openaiChatClient,
  openaiEmbeddingsClient,
} from "tollgate/parts";
import { beforeEach, describe, expect, it } from "vitest";
import { type FakeClock, fakeClock } from "../fake-clock.ts";
import { type ScriptedReply, type ScriptedTransport, scriptedTransport } from "../scripted-transport.ts";
import { otherOperationsSuite } from "./other-operations.ts";
import { inPayloadParts, type WireAnswers, wireAnswers } from "./wire-answers.ts";

export interface ProviderCase {
  /** As in the catalog. */
  readonly name: string;
  /** Default `some-model`. */
  readonly model?: string;
  /** `litellm_params` beside model and key: what this provider cannot do without. */
  readonly settings?: Readonly<Record<string, unknown>>;
  /** Answers in another dialect than it is asked in. */
  readonly answersIn?: DialectName;
  /** What stands in the reply is made up: nothing is sent. */
  readonly sendsNothing?: true;
  /** Its wire counts no tokens. */
  readonly uncounted?: true;
}

const KEY = "sk-key-of-the-contract";
const book = await bundledPriceBook();
const chat = { model: "public", messages: [{ role: "user", content: "Say hello." }] };
const embed = { model: "public", input: ["Say hello."] };
const clients = { chat: openaiChatClient as ClientSide, embed: openaiEmbeddingsClient as ClientSide };

/** Call it within a `describe` of the provider's name. */
export function providerSuite(given: ProviderCase): void {
  let transport: ScriptedTransport;
  let clock: FakeClock;
  let house: BuiltHouse;
  let deployment: Deployment;
  const model = `${given.name}/${given.model ?? "some-model"}`;

  const row = { model_name: "public", litellm_params: { model, api_key: KEY, num_retries: 0, ...given.settings } };
  const { sides } = houseOf(row, scriptedTransport(), fakeClock()).compile(row).service;

  beforeEach(() => {
    clock = fakeClock();
    transport = scriptedTransport([], { clock });
    house = houseOf(row, transport, clock);
    deployment = house.compile(row);
  });

  const answers = (client: ClientSide): WireAnswers => {
    const { side } = laneOf(deployment, client);
    const found = wireAnswers[given.answersIn ?? side.dialect];
    if (!found) throw new Error(`suites/wire-answers.ts has no answer of the dialect of ${model}.`);
    return side.framing === "aws-payload-parts" ? inPayloadParts(found) : found;
  };
  const ask = (client: ClientSide, body: object, ...replies: readonly ScriptedReply[]): { call: Call; opened: Promise<Opened> } => {
    transport.script(...replies);
    const call = beginCall("call", client, { headers: {}, params: {}, query: {}, body: Body.of({ ...body }) });
    const opened = open(call, house);
    opened.catch(() => {});
    return { call, opened };
  };

  if (sides.chat)
    describe("chat", () => {
      it("goes to its address, with its key and its model", async () => {
        if (given.sendsNothing) return;
        await ask(clients.chat, chat, answers(clients.chat).whole).opened;
        const [sent] = transport.sent;
        const base = new URL(deployment.service.baseUrl);
        expect(sent?.method).toBe("POST");
        expect(sent?.origin).toBe(base.origin);
        expect(`${sent?.path}/`.startsWith(base.pathname.replace(/\/*$/, "/")), `${sent?.path} is below ${base.pathname}`).toBe(true);
        if (deployment.credential().headers) expect(Object.values(sent?.headers ?? {}).join(" ")).toContain(KEY);
        expect(JSON.stringify([sent?.path, sent?.json])).not.toContain(KEY);
        expect(decodeURIComponent(`${sent?.path} ${JSON.stringify(sent?.json)}`)).toContain(deployment.model);
      });

      it("comes back under the public name, with its words and its usage", async () => {
        const { answer } = await ask(clients.chat, chat, answers(clients.chat).whole).opened;
        if (answer.kind !== "json") throw new Error("A whole answer was expected.");
        const body = JSON.parse(String(answer.outbound.body));
        expect(body).toMatchObject({
          object: "chat.completion",
          model: "public",
          choices: [{ index: 0, finish_reason: "stop", message: { role: "assistant" } }],
        });
        if (given.sendsNothing) return;
        expect(body.choices[0].message.content).toBe("Hello");
        if (given.uncounted) return;
        expect(body.usage).toMatchObject({ prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 });
        expect(answer.usage).toMatchObject({ inputTokens: 9, outputTokens: 3 });
      });

      it("streams under the public name, and its usage is found", async () => {
        const { whole, stream } = answers(clients.chat);
        const { answer } = await ask(clients.chat, { ...chat, stream: true, stream_options: { include_usage: true } }, stream ?? whole)
          .opened;
        if (answer.kind !== "stream") throw new Error("A stream was expected.");
        let text = "";
        const write = (more: string, encoding: "latin1" | "utf8"): boolean => {
          text += Buffer.from(more, encoding).toString();
          return true;
        };
        const end = await new Promise<{ usage?: object; error?: unknown }>((resolve) =>
          answer.relay.attach({ write, end: write }, (ending, finish) => {
            finish();
            resolve(ending);
          }),
        );
        const chunks = text
          .split("\n\n")
          .filter((each) => each.startsWith("data: {"))
          .map((each) => JSON.parse(each.slice(6)));
        expect(end.error).toBeUndefined();
        expect(text.endsWith("data: [DONE]\n\n")).toBe(true);
        expect(new Set(chunks.map((chunk) => chunk.model))).toEqual(new Set(["public"]));
        expect(chunks.some((chunk) => chunk.choices[0]?.finish_reason === "stop")).toBe(true);
        if (given.sendsNothing) return;
        expect(chunks.map((chunk) => chunk.choices[0]?.delta?.content ?? "").join("")).toBe("Hello");
        if (given.uncounted) return;
        expect(end.usage).toMatchObject({ inputTokens: 9, outputTokens: 3 });
      });

      it("lets a parameter through that nobody knows, where it speaks the client's dialect", async () => {
        if (given.sendsNothing || !laneOf(deployment, clients.chat).sameDialect) return;
        await ask(clients.chat, { ...chat, provider_flag: { deep: [1] } }, answers(clients.chat).whole).opened;
        expect(transport.sent[0]?.json).toMatchObject({ provider_flag: { deep: [1] } });
      });

      it.each([
        [400, 400],
        [401, 401],
        [403, 403],
        [404, 404],
        [429, 429],
        [500, 500],
        [503, 503],
      ])("tells a status of %i as %i, in the provider's words, and whose it was", async (status, expected) => {
        if (given.sendsNothing) return;
        const words = "Told by the provider.";
        const { opened } = ask(clients.chat, chat, { status, json: { error: { message: words, code: status, status: "X", type: "x" } } });
        const error = await opened.catch((thrown: unknown) => thrown);
        expect(error).toBeInstanceOf(GatewayError);
        expect(error).toMatchObject({ status: expected, message: expect.stringContaining(words), detail: { provider: given.name } });
      });

      it("hands on how long a provider asks to be left alone", async () => {
        if (given.sendsNothing) return;
        const refused = {
          status: 429,
          headers: { "retry-after": "7" },
          json: { error: { message: "Slow down.", code: 429, status: "X" } },
        };
        const error = await ask(clients.chat, chat, refused).opened.catch((thrown: unknown) => thrown);
        expect(error).toMatchObject({ kind: "rate_limit", retryAfter: 7 });
      });

      it("tells a stream that breaks off before its end", async () => {
        const pieces = answers(clients.chat).stream?.pieces;
        if (given.sendsNothing || !pieces) return;
        const { stream } = answers(clients.chat);
        const told = await ask(clients.chat, { ...chat, stream: true }, { ...stream, pieces: firstHalf(pieces) }).opened.then(
          ({ answer }) => (answer.kind === "stream" ? endOf(answer.relay) : undefined),
          (thrown: unknown) => thrown,
        );
        expect(told).toMatchObject({ kind: expect.stringMatching(/^(stream_broken|bad_reply)$/), status: 502 });
      });

      it("survives a provider that answers with a page, or nothing", async () => {
        if (given.sendsNothing) return;
        for (const reply of [{ text: "<html></html>", headers: { "content-type": "text/html" } }, { text: "" }, { json: {} }]) {
          const error = await ask(clients.chat, chat, reply).opened.catch((thrown: unknown) => thrown);
          expect(error).toMatchObject({ status: 502 });
        }
      });

      it("is ended when the call is", async () => {
        if (given.sendsNothing) return;
        const { call, opened } = ask(clients.chat, chat, { delayMs: 60_000, json: {} });
        await clock.advance(10);
        call.cancel.abort(new GatewayError("client_gone", "The client left."));
        await expect(opened).rejects.toThrow("The client left.");
        expect(transport.sent[0]?.cancel.aborted).toBe(true);
      });
    });

  if (sides.embed)
    describe("embeddings", () => {
      it("come back under the public name, as a list of vectors", async () => {
        const { answer } = await ask(clients.embed, embed, answers(clients.embed).whole).opened;
        if (answer.kind !== "json") throw new Error("A whole answer was expected.");
        const body = JSON.parse(String(answer.outbound.body));
        expect(body).toMatchObject({ object: "list", model: "public", data: [{ object: "embedding", index: 0 }] });
        if (given.sendsNothing) return;
        expect(body.data[0].embedding).toEqual([0.5, 1]);
        if (deployment.credential().headers) expect(Object.values(transport.sent[0]?.headers ?? {}).join(" ")).toContain(KEY);
      });
    });

  if (!given.sendsNothing)
    otherOperationsSuite(Object.keys(sides), { house: () => house, transport: () => transport, deployment: () => deployment, key: KEY });
}

/** In the middle of an event. */
function firstHalf(pieces: readonly (string | Buffer)[]): Buffer[] {
  const first = Buffer.from(pieces[0] ?? "");
  return [first.subarray(0, Math.ceil(first.length / 2))];
}

function endOf(relay: Extract<Opened["answer"], { kind: "stream" }>["relay"]): Promise<unknown> {
  return new Promise((resolve) => relay.attach({ write: () => true, end: () => {} }, ({ error }) => resolve(error)));
}

export function houseOf(row: Parameters<BuiltHouse["compile"]>[0], transport: ScriptedTransport, clock: FakeClock): BuiltHouse {
  const none = new Map<string, never>();
  return buildHouse({
    rows: [row],
    router: {
      strategy: "simple-shuffle",
      numRetries: 0,
      retryAfterMs: 0,
      timeoutMs: 600_000,
      cooldownMs: 5_000,
      disableCooldowns: true,
      fallbacks: none,
      contextWindowFallbacks: none,
      contentPolicyFallbacks: none,
      defaultFallbacks: [],
      maxFallbacks: 5,
      aliases: none,
      retryPolicy: {},
      groupRetryPolicy: none,
      allowedFailsPolicy: {},
    },
    book,
    transport,
    clock,
    chance: () => 0,
    env: {},
  });
}
