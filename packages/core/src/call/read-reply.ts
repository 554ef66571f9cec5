/** Reads a JSON reply: passed on with its text changed in place, or translated through the hub. */

import { isAscii } from "node:buffer";
import type { Outbound } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import { Body, type Patch } from "../transport/body.ts";
import { latin1Json } from "../transport/latin1.ts";
import { type Span, scanObject } from "../transport/scan-object.ts";
import type { Headers, InboundReply, WireReply } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import type { Lane } from "./lane.ts";
import type { Place } from "./mould.ts";
import type { Sent } from "./sent.ts";

export interface JsonAnswer {
  readonly kind: "json";
  readonly headers: Headers;
  readonly outbound: Outbound;
  readonly usage: Usage | undefined;
  readonly replyId?: string;
}

const jsonHeaders = { "content-type": "application/json" };

export function jsonAnswer(sent: Sent, reply: InboundReply, raw: Buffer): JsonAnswer {
  const { call, lane, house } = sent;
  const { headers } = reply;
  if (!lane.sameDialect || sent.deployment.service.quirks?.reply) {
    const { hub, usage } = hubOf(sent, reply, raw);
    const outbound = call.client.response(hub as never, call.at);
    return { kind: "json", headers, outbound, usage, replyId: textOf((hub as { id?: unknown }).id) };
  }
  const bytes = raw.toString("latin1");
  const known = moulded(sent, reply, bytes);
  if (known) return known;
  const json = parseReply(isAscii(raw) ? bytes : raw.toString());
  const patch = lane.side.replyPatch(json, { publicModel: call.ask.model, now: Math.floor(house.clock.now() / 1000), newId: house.newId });
  const usage = usageOf(sent, { status: reply.status, headers, body: json });
  const plain = renamed(bytes, json, patch);
  if (plain) teach(lane, raw, bytes);
  const outbound = plain ?? { status: 200, headers: jsonHeaders, body: Body.read(raw).patched(patch) };
  return { kind: "json", headers, outbound, usage, replyId: textOf(json["id"]) };
}

/** A reply that needs another model name and nothing else, told by what earlier ones were like. */
function moulded(sent: Sent, { status, headers }: InboundReply, bytes: string): JsonAnswer | undefined {
  const cast = sent.lane.replies?.cast(bytes);
  if (!cast) return undefined;
  const { before, after, id, usage: told } = cast;
  const usage = told === undefined ? undefined : usageOf(sent, { status, headers, body: { usage: JSON.parse(told) } });
  const outbound = passedOn(before + latin1Json(sent.call.ask.model) + after);
  return { kind: "json", headers, outbound, usage, replyId: id };
}

function teach({ replies }: Lane, raw: Buffer, bytes: string): void {
  if (!replies?.wants(bytes)) return;
  const spans = spansOf(raw);
  const place = (name: string): Place | undefined => {
    const span = spans?.get(name);
    return span && [span.valueFrom, span.valueTo];
  };
  const model = place("model");
  if (model) replies.learn(bytes, { model, id: place("id"), usage: place("usage") });
}

/** A reply may name a member twice or be nested deeply: it passes all the same, and teaches nothing. */
function spansOf(raw: Buffer): ReadonlyMap<string, Span> | undefined {
  try {
    return scanObject(raw);
  } catch {
    return undefined;
  }
}

export function hubOf(sent: Sent, reply: InboundReply, raw: Buffer): { hub: Operations[Operation]["response"]; usage: Usage | undefined } {
  const json = parseReply(raw.toString(), true);
  const quirk = sent.deployment.service.quirks?.reply;
  const wire: WireReply = { status: reply.status, headers: reply.headers, body: quirk ? quirk(json) : json };
  return { hub: sent.lane.side.response(wire, sent.prepared.translating.context as never), usage: usageOf(sent, wire) };
}

export function usageOf({ lane, prepared }: Sent, wire: WireReply): Usage | undefined {
  return lane.usageOfAsked ? lane.side.usage(wire, prepared.translating.context.asked as never) : lane.side.usage(wire);
}

/**
 * The usual patch sets nothing but `model`. Where that name stands once in the bytes, it is the one at the top, and its value is replaced
 * there: a scan less, and one write instead of two. Undefined: only a scan can tell.
 */
function renamed(bytes: string, json: Readonly<Record<string, unknown>>, { set = {}, remove }: Patch): Outbound | undefined {
  const { model } = json;
  const wanted = set["model"];
  if (remove !== undefined || typeof model !== "string" || typeof wanted !== "string") return undefined;
  for (const name in set) if (name !== "model") return undefined;
  if (wanted === model) return passedOn(bytes);
  const at = bytes.indexOf(NAME);
  if (at < 0 || bytes.indexOf(NAME, at + NAME.length) >= 0) return undefined;
  const old = latin1Json(model);
  const from = valueAt(bytes, at + NAME.length, old);
  return from < 0 ? undefined : passedOn(bytes.slice(0, from) + latin1Json(wanted) + bytes.slice(from + old.length));
}

function passedOn(body: string): Outbound {
  return { status: 200, headers: jsonHeaders, body, encoding: "latin1" };
}

const NAME = '"model"';

/** Where the value stands whose name ends at `nameTo`; -1 when it is not written like this. */
function valueAt(text: string, nameTo: number, value: string): number {
  if (text.startsWith(value, nameTo + 1) && text.charCodeAt(nameTo) === COLON) return nameTo + 1;
  const from = text.indexOf(value, nameTo + 1);
  return from >= 0 && onlyColon.test(text.slice(nameTo, from)) ? from : -1;
}

const COLON = 58;
const onlyColon = /^\s*:\s*$/;

/** HTML, cut or empty bodies of a 200 are no answer. `lists`: some wires answer with a bare list, which only their translator can read. */
function parseReply(text: string, lists = false): Readonly<Record<string, unknown>> {
  let json: unknown;
  try {
    json = JSON.parse(text);
  } catch {
    json = undefined;
  }
  if (json !== null && typeof json === "object" && (lists || !Array.isArray(json))) return json as Record<string, unknown>;
  const what = text === "" ? "is empty" : text.trimStart().startsWith("<") ? "is an HTML page" : "is not a JSON object";
  throw new GatewayError("bad_reply", `The provider answered 200, but its body ${what}. Check api_base.`);
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
