/** One send to one deployment: from the client's body to an answer whose first bytes are known to be good. */

import { Cancel } from "../cancel.ts";
import type { Outbound, StreamEncoder } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import { Body } from "../transport/body.ts";
import type { Headers, InboundReply, OutboundRequest, WireReply } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";
import type { Call, House } from "./call.ts";
import { type Lane, laneOf } from "./lane.ts";
import { type Prepared, prepare } from "./outbound.ts";
import { HandsOff, type Passage, Translation } from "./passage.ts";
import { playAsStream } from "./play-as-stream.ts";
import { type Relay, StreamRelay } from "./stream-relay.ts";

export interface JsonAnswer {
  readonly kind: "json";
  readonly headers: Headers;
  readonly outbound: Outbound;
  readonly usage: Usage | undefined;
  readonly replyId?: string;
}
export interface StreamAnswer {
  readonly kind: "stream";
  readonly headers: Headers;
  readonly relay: Relay;
}
export type Answer = JsonAnswer | StreamAnswer;

const MAX_ERROR_BYTES = 1_048_576;

/** Throws a GatewayError; whoever made the attempt tells the router. */
export async function attempt(call: Call, deployment: Deployment, house: House): Promise<Answer> {
  const cancel = new Cancel();
  const release = call.cancel.onAbort((reason) => cancel.abort(reason));
  const totalMs = call.timeoutMs ?? deployment.timeouts.totalMs ?? house.timeouts.totalMs;
  const silenceMs = call.streamTimeoutMs ?? deployment.timeouts.silenceMs ?? house.timeouts.silenceMs ?? totalMs;
  const total = house.clock.after(totalMs, () => cancel.abort(timeout(totalMs, deployment)));
  let streaming = false;
  try {
    const lane = laneOf(deployment, call.client);
    const prepared = await prepare(call, deployment, lane, house);
    const reply = await exchange(call, deployment, lane, prepared.request, cancel, house);
    const sent = { call, deployment, lane, prepared, house };
    if (!call.stream) return await readJson(sent, reply);
    const encoder = encoderOf(call);
    if (!isStream(reply)) {
      const { hub, usage } = await readHub(sent, reply);
      return { kind: "stream", headers: reply.headers, relay: playAsStream(hub, encoder, usage) };
    }
    const silence = house.clock.after(silenceMs, () => cancel.abort(timeout(silenceMs, deployment)));
    const relay = new StreamRelay(passageOf(sent, encoder), call.client, cancel, [silence, total]);
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

async function exchange(
  call: Call,
  deployment: Deployment,
  lane: Lane,
  request: OutboundRequest,
  cancel: Cancel,
  house: House,
): Promise<InboundReply> {
  const credential = deployment.credential();
  for (let renewed = false; ; renewed = true) {
    const final = credential.prepare ? await credential.prepare(request) : request;
    const { exchange: own } = deployment.service;
    const reply = own
      ? await own(final, {
          send: (outbound, stop) => house.transport.send(outbound, stop),
          clock: house.clock,
          cancel,
          operation: call.client.operation,
          stream: call.stream,
          newId: house.newId,
        })
      : await house.transport.send(final, cancel);
    if (reply.status < 300) return reply;
    if (reply.status === 401 && !renewed && credential.renew?.()) {
      reply.discard();
      continue;
    }
    if (reply.status < 400) {
      reply.discard();
      throw new GatewayError(
        "bad_gateway",
        `The provider answered with a redirect (${reply.status}), which is not followed. Set api_base to the final address.`,
      );
    }
    const body = parsed(await reply.read(MAX_ERROR_BYTES));
    const wire: WireReply = { status: reply.status, headers: reply.headers, body };
    throw deployment.service.quirks?.error?.(wire) ?? lane.side.error(wire);
  }
}

interface Sent {
  readonly call: Call;
  readonly deployment: Deployment;
  readonly lane: Lane;
  readonly prepared: Prepared;
  readonly house: House;
}

async function readJson(sent: Sent, reply: InboundReply): Promise<JsonAnswer> {
  const { call, lane, house } = sent;
  if (!lane.sameDialect || sent.deployment.service.quirks?.reply) {
    const { hub, usage } = await readHub(sent, reply);
    return {
      kind: "json",
      headers: reply.headers,
      outbound: call.client.response(hub as never, call.at),
      usage,
      replyId: textOf((hub as { id?: unknown }).id),
    };
  }
  const body = bodyOf(await reply.read(house.limits.replyBytes));
  const patch = lane.side.replyPatch(body.json, {
    publicModel: call.ask.model,
    now: Math.floor(house.clock.now() / 1000),
    newId: house.newId,
  });
  const usage = lane.side.usage({ status: reply.status, headers: reply.headers, body: body.json });
  return {
    kind: "json",
    headers: reply.headers,
    outbound: { status: 200, headers: jsonHeaders, body: body.patched(patch) },
    usage,
    replyId: textOf(body.json["id"]),
  };
}

async function readHub(sent: Sent, reply: InboundReply): Promise<{ hub: Operations[Operation]["response"]; usage: Usage | undefined }> {
  const { json } = bodyOf(await reply.read(sent.house.limits.replyBytes));
  const quirk = sent.deployment.service.quirks?.reply;
  const wire: WireReply = { status: reply.status, headers: reply.headers, body: quirk ? quirk(json) : json };
  return { hub: sent.lane.side.response(wire, sent.prepared.context() as never), usage: sent.lane.side.usage(wire) };
}

const jsonHeaders = { "content-type": "application/json" };

type Encoder = StreamEncoder<Operations[Operation]["chunk"]>;

function encoderOf(call: Call): Encoder {
  const encoder = call.client.stream?.(call.at, { wantsUsage: call.wantsUsage });
  if (!encoder) throw new GatewayError("bad_request", "This operation has no streams. Ask without stream: true.", { param: "stream" });
  return encoder;
}

function passageOf({ call, deployment, lane, prepared }: Sent, encoder: Encoder): Passage {
  const quirks = deployment.service.quirks;
  if (lane.sameDialect && !quirks?.chunk) return new HandsOff(lane.side, call.client, call.ask.model, call.wantsUsage);
  return new Translation(lane.side, encoder, prepared.context(), quirks);
}

/** Some servers answer a stream with plain JSON. */
function isStream(reply: InboundReply): boolean {
  const type = String(reply.headers["content-type"] ?? "");
  return !(type.startsWith("application/json") || type.startsWith("text/html"));
}

/** HTML, cut or empty bodies of a 200 are no answer. */
function bodyOf(raw: Buffer): Body {
  try {
    return Body.read(raw);
  } catch (cause) {
    const start = raw.toString("utf8", 0, 200).trim();
    const what = raw.length === 0 ? "is empty" : start.startsWith("<") ? "is an HTML page" : "is not a JSON object";
    throw new GatewayError("bad_reply", `The provider answered 200, but its body ${what}. Check api_base.`, { cause });
  }
}

function parsed(raw: Buffer): unknown {
  const text = raw.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
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

function textOf(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
