/** Sends one request and takes the reply's head: signs, renews a credential once, reads errors in the provider's dialect. */

import type { Cancel } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import type { Credential } from "../providers/provider.ts";
import type { InboundReply, OutboundRequest, WireReply } from "../transport/transport.ts";
import type { Sent } from "./sent.ts";

const MAX_ERROR_BYTES = 1_048_576;

/** Sends; the usual case is one promise, the transport's own. */
export function exchange(sent: Sent, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  const credential = sent.deployment.credential();
  return credential.prepare ? signed(sent, credential, request, cancel) : send(sent, request, cancel);
}

/** What becomes of a status from 300 on: another reply, with a renewed credential, or a throw of what it means. */
export async function settled(sent: Sent, refused: InboundReply, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  if (!renewed(sent.deployment.credential(), refused)) throw await refusal(sent, refused);
  refused.discard();
  const second = await exchange(sent, request, cancel);
  if (second.status < 300) return second;
  throw await refusal(sent, second);
}

function renewed(credential: Credential, { status, headers }: InboundReply): boolean {
  return (status === 401 || credential.renewsOn?.includes(status) === true) && credential.renew?.({ status, headers }) === true;
}

async function signed(sent: Sent, credential: Credential, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  return send(sent, credential.prepare ? await credential.prepare(request) : request, cancel);
}

function send({ call, deployment, house, prepared }: Sent, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  const own = deployment.service.exchange;
  if (!own) return house.transport.send(request, cancel);
  return own(request, {
    send: (outbound, stop) => house.transport.send(outbound, stop),
    clock: house.clock,
    cancel,
    operation: call.client.operation,
    stream: call.stream,
    newId: house.newId,
    asked: () => prepared.translating.context.asked,
    sign: (outbound) => deployment.credential().prepare?.(outbound) ?? outbound,
  });
}

async function refusal({ deployment, lane }: Sent, reply: InboundReply): Promise<GatewayError> {
  if (reply.status < 400) {
    reply.discard();
    return new GatewayError(
      "bad_gateway",
      `The provider answered with a redirect (${reply.status}), which is not followed. Set api_base to the final address.`,
    );
  }
  const wire: WireReply = { status: reply.status, headers: reply.headers, body: parsed(await reply.read(MAX_ERROR_BYTES)) };
  return deployment.service.quirks?.error?.(wire) ?? lane.side.error(wire);
}

function parsed(raw: Buffer): unknown {
  const text = raw.toString();
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
