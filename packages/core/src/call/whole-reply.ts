/** Reads a reply that is not read as JSON: text, or bytes that the client side makes into an answer. */

import type { Buffer } from "node:buffer";
import type { Returns } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { InboundReply, WireReply } from "../transport/transport.ts";
import { type JsonAnswer, jsonAnswer, usageOf } from "./read-reply.ts";
import type { Sent } from "./sent.ts";

export function returnsOf({ lane, prepared }: Sent): Returns {
  if (lane.returns !== "varies") return lane.returns;
  const { returns } = lane.side;
  return typeof returns === "function" ? returns(prepared.translating.context.asked as never) : "json";
}

/** Replies come with a media type: JSON where something else was expected is read as what it is. */
export function isJson({ headers }: InboundReply): boolean {
  return /^application\/([\w.+-]*\+)?json\b/i.test(String(headers["content-type"] ?? ""));
}

export function wholeAnswer(sent: Sent, reply: InboundReply, raw: Buffer, returns: Returns): JsonAnswer {
  if (returns === "json") return jsonAnswer(sent, reply, raw);
  const { call, lane } = sent;
  const { status, headers } = reply;
  const wire: WireReply = { status, headers, body: isJson(reply) ? parsed(raw) : returns === "text" ? raw.toString() : raw };
  const hub = lane.side.response(wire, sent.prepared.translating.context as never);
  return { kind: "json", headers, outbound: call.client.response(hub as never, call.at), usage: usageOf(sent, wire) };
}

/** A 200 with JSON in place of bytes: usually an error in disguise. */
export function notBytes(sent: Sent, reply: InboundReply, raw: Buffer): GatewayError {
  const body = parsed(raw);
  if (body !== null && typeof body === "object" && ("error" in body || "message" in body || "detail" in body)) {
    return sent.lane.side.error({ status: reply.status, headers: reply.headers, body });
  }
  return new GatewayError("bad_reply", "The provider answered 200, but with JSON in place of what was asked for. Check api_base.");
}

function parsed(raw: Buffer): unknown {
  const text = raw.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
