/** One send to one deployment: from the client's body to an answer whose first bytes are known to be good. */

import { Cancel } from "../cancel.ts";
import type { StreamEncoder } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Headers, InboundReply } from "../transport/transport.ts";
import type { Call, House } from "./call.ts";
import { exchange, settled } from "./exchange.ts";
import { laneOf } from "./lane.ts";
import { prepare } from "./outbound.ts";
import { HandsOff, type Passage, Translation } from "./passage.ts";
import { playAsStream } from "./play-as-stream.ts";
import { hubOf, type JsonAnswer, jsonAnswer } from "./read-reply.ts";
import type { Sent } from "./sent.ts";
import { Silence } from "./silence.ts";
import { type Relay, StreamRelay } from "./stream-relay.ts";

export interface StreamAnswer {
  readonly kind: "stream";
  readonly headers: Headers;
  readonly relay: Relay;
}
export type Answer = JsonAnswer | StreamAnswer;

/** Throws a GatewayError; whoever made the attempt tells the router. */
export async function attempt(call: Call, deployment: Deployment, house: House): Promise<Answer> {
  const cancel = new Cancel();
  const release = call.cancel.onAbort((reason) => cancel.abort(reason));
  const totalMs = call.timeoutMs ?? deployment.timeouts.totalMs ?? house.timeouts.totalMs;
  const total = house.clock.after(totalMs, () => cancel.abort(timeout(totalMs, deployment)));
  let streaming = false;
  try {
    // Before anything is sent: an operation without streams must not cost a call.
    const encoder = call.stream ? encoderOf(call) : undefined;
    const lane = laneOf(deployment, call.client);
    const made = prepare(call, deployment, lane, house);
    const prepared = made instanceof Promise ? await made : made;
    const sent: Sent = { call, deployment, lane, prepared, house };
    const first = await exchange(sent, prepared.request, cancel);
    const reply = first.status < 300 ? first : await settled(sent, first, prepared.request, cancel);
    if (!encoder) return jsonAnswer(sent, reply, await reply.read(house.limits.replyBytes));
    if (!isStream(reply)) {
      const { hub, usage } = hubOf(sent, reply, await reply.read(house.limits.replyBytes));
      return { kind: "stream", headers: reply.headers, relay: playAsStream(hub, encoder, usage) };
    }
    const silenceMs = call.streamTimeoutMs ?? deployment.timeouts.silenceMs ?? house.timeouts.silenceMs ?? totalMs;
    const silence = new Silence(house.clock, silenceMs, () => cancel.abort(timeout(silenceMs, deployment)));
    const relay = new StreamRelay(passageOf(sent, encoder), call.client, cancel, silence, total);
    streaming = true;
    await relay.begin(reply);
    return { kind: "stream", headers: reply.headers, relay };
  } catch (thrown) {
    streaming = false;
    throw namedBy(GatewayError.from(cancel.aborted ? cancel.reason : thrown), deployment);
  } finally {
    if (!streaming) {
      release();
      total.cancel();
    }
  }
}

type Encoder = StreamEncoder<Operations[Operation]["chunk"]>;

function encoderOf(call: Call): Encoder {
  const encoder = call.client.stream?.(call.at, { wantsUsage: call.wantsUsage });
  if (!encoder) throw new GatewayError("bad_request", "This operation has no streams. Ask without stream: true.", { param: "stream" });
  return encoder;
}

function passageOf({ call, deployment, lane, prepared }: Sent, encoder: Encoder): Passage {
  const quirks = deployment.service.quirks;
  if (lane.sameDialect && !quirks?.chunk) return new HandsOff(lane.side, call.client, call.ask.model, call.wantsUsage);
  return new Translation(lane.side, encoder, prepared.translating.context, quirks);
}

/** Some servers answer a stream with plain JSON. */
function isStream(reply: InboundReply): boolean {
  const type = String(reply.headers["content-type"] ?? "");
  return !(type.startsWith("application/json") || type.startsWith("text/html"));
}

function timeout(milliseconds: number, deployment: Deployment): GatewayError {
  const limit = `${milliseconds / 1000} s`;
  return new GatewayError(
    "timeout",
    `${deployment.provider} did not answer within ${limit} (timeout). Raise timeout or stream_timeout of the deployment or the request.`,
  );
}

function namedBy(error: GatewayError, deployment: Deployment): GatewayError {
  return error.detail.provider ? error : error.with({ provider: deployment.provider, model: deployment.model });
}
