/** Sends one request and takes the reply's head: signs, renews a credential once, reads errors in the provider's dialect. */

import type { Cancel } from "../cancel.ts";
import { GatewayError } from "../errors.ts";
import type { Credential } from "../providers/provider.ts";
import type { InboundReply, OutboundRequest, WireReply } from "../transport/transport.ts";
import type { Sent } from "./sent.ts";

const MAX_ERROR_BYTES = 1_048_576;

/** Resolves with a status below 300; everything else is thrown as what it means. */
export async function exchange(sent: Sent, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  const credential = sent.deployment.credential();
  const first = await send(sent, credential.prepare ? await credential.prepare(request) : request, cancel);
  if (first.status < 300) return first;
  if (first.status !== 401 || !credential.renew?.()) throw await refusal(sent, first);
  first.discard();
  return again(sent, credential, request, cancel);
}

async function again(sent: Sent, credential: Credential, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  const second = await send(sent, credential.prepare ? await credential.prepare(request) : request, cancel);
  if (second.status < 300) return second;
  throw await refusal(sent, second);
}

function send({ call, deployment, house }: Sent, request: OutboundRequest, cancel: Cancel): Promise<InboundReply> {
  const own = deployment.service.exchange;
  if (!own) return house.transport.send(request, cancel);
  return own(request, {
    send: (outbound, stop) => house.transport.send(outbound, stop),
    clock: house.clock,
    cancel,
    operation: call.client.operation,
    stream: call.stream,
    newId: house.newId,
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
