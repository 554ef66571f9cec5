/** Takes a reply as the answer that it is: a stream, bytes that pour, or a whole. */

import type { Cancel } from "../cancel.ts";
import type { Alarm } from "../clock.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Headers, InboundReply } from "../transport/transport.ts";
import { BytesRelay } from "./bytes-relay.ts";
import type { Call } from "./call.ts";
import { HandsOff } from "./hands-off.ts";
import type { Lane } from "./lane.ts";
import type { Passage } from "./passage.ts";
import { playAsStream } from "./play-as-stream.ts";
import { hubOf, type JsonAnswer } from "./read-reply.ts";
import type { Sent } from "./sent.ts";
import type { Silence } from "./silence.ts";
import { measured, spoken } from "./sound.ts";
import { type Relay, StreamRelay } from "./stream-relay.ts";
import { Translation } from "./translation.ts";
import { isJson, notBytes, returnsOf, wholeAnswer } from "./whole-reply.ts";

export interface StreamAnswer {
  readonly kind: "stream";
  readonly headers: Headers;
  readonly relay: Relay;
}
/** Bytes that nobody read: sound. */
export interface BytesAnswer {
  readonly kind: "bytes";
  readonly headers: Headers;
  readonly contentType: string;
  /** Where it is known beforehand. */
  readonly length: number | undefined;
  readonly relay: BytesRelay;
}
export type Answer = JsonAnswer | StreamAnswer | BytesAnswer;

export type Encoder = StreamEncoder<Operations[Operation]["chunk"]>;

export interface Watch {
  readonly cancel: Cancel;
  /** For the whole. */
  readonly total: Alarm;
  readonly silence: () => Silence;
}

/** None where events pass as they come: that needs no encoder. */
export function encoderOf(call: Call, { sameFraming, side }: Lane): Encoder | undefined {
  const encoder = call.client.stream?.(call.at, { wantsUsage: call.wantsUsage });
  if (!encoder && !(sameFraming && side.framing))
    throw new GatewayError("bad_request", "This operation has no streams. Ask without stream: true.", { param: "stream" });
  return encoder;
}

/** Throws the GatewayError that a reply stands for. A relay that it answers with lives on: it ends the alarms itself. */
export async function answerOf(sent: Sent, reply: InboundReply, encoder: Encoder | undefined, watch: Watch): Promise<Answer> {
  const { call, house } = sent;
  const { replyBytes } = house.limits;
  if (call.stream && isStream(reply, encoder)) {
    const relay = new StreamRelay(passageOf(sent, encoder), call.client, watch.cancel, watch.silence(), watch.total);
    await relay.begin(reply);
    return { kind: "stream", headers: reply.headers, relay };
  }
  if (encoder) {
    const { hub, usage } = hubOf(sent, reply, await reply.read(replyBytes));
    return { kind: "stream", headers: reply.headers, relay: playAsStream(hub, encoder, usage) };
  }
  const returns = returnsOf(sent);
  if (returns === "bytes" && isJson(reply)) throw notBytes(sent, reply, await reply.read(replyBytes));
  if (returns === "bytes" && call.client.pours) return pouring(sent, reply, watch);
  const whole = wholeAnswer(sent, reply, await reply.read(replyBytes), returns);
  return sent.lane.measures ? measured(sent, whole) : whole;
}

/** True while bytes are still to come. */
export function isLive(answer: Answer): boolean {
  return answer.kind !== "json" && (answer.relay instanceof StreamRelay || answer.relay instanceof BytesRelay);
}

async function pouring(sent: Sent, reply: InboundReply, { cancel, silence, total }: Watch): Promise<BytesAnswer> {
  const { headers } = reply;
  // Unpacked on the way, a body is longer than its header says.
  const told = headers["content-encoding"] === undefined ? Number(headers["content-length"]) : Number.NaN;
  const length = told > 0 ? told : undefined;
  const relay = new BytesRelay(cancel, { silence: silence(), total }, (bytes) => spoken(sent, headers, bytes));
  await relay.begin(reply);
  return { kind: "bytes", headers, contentType: String(headers["content-type"] ?? "application/octet-stream"), length, relay };
}

function passageOf({ call, deployment, lane, prepared }: Sent, encoder: Encoder | undefined): Passage {
  const quirks = deployment.service.quirks;
  if (!encoder || (lane.sameFraming && !quirks?.chunk))
    return new HandsOff(lane.side, call.client, lane.events, { publicModel: call.ask.model, wantsUsage: call.wantsUsage });
  return new Translation(lane.side, encoder, prepared.translating.context, quirks);
}

/** Some servers answer a stream with plain JSON, and some know no events of sound. */
function isStream(reply: InboundReply, encoder: Encoder | undefined): boolean {
  const type = String(reply.headers["content-type"] ?? "");
  if (!encoder) return type.startsWith("text/event-stream");
  return !(type.startsWith("application/json") || type.startsWith("text/html"));
}
