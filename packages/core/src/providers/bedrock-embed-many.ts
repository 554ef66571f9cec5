/** Titan and Nova embed one text a call: several are asked for side by side, each signed, and answered as one. */

import { GatewayError } from "../errors.ts";
import { replyWith } from "../transport/reply.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import type { Exchange, ExchangeContext } from "./provider.ts";

const AT_ONCE = 8;
const MAX_REPLY_BYTES = 16 * 1024 * 1024;

/** The dialect writes several bodies as `{ "each": [ … ] }`, and reads their answers from the same. */
export const embedOneByOne: Exchange = async (request, context) => {
  const bodies = context.operation === "embed" ? bodiesIn(request) : undefined;
  if (!bodies) return context.send(request, context.cancel);
  const answers: unknown[] = [];
  for (let from = 0; from < bodies.length; from += AT_ONCE) {
    const replies = await Promise.all(bodies.slice(from, from + AT_ONCE).map((body) => ask(body, request, context)));
    const refused = replies.find(({ status }) => status >= 300);
    for (const reply of replies) if (refused && reply !== refused) reply.discard();
    if (refused) return refused;
    for (const reply of replies) answers.push(await read(reply));
  }
  return replyWith({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify({ each: answers }) });
};

async function ask(body: unknown, request: OutboundRequest, { send, sign, cancel }: ExchangeContext): Promise<InboundReply> {
  return send(await sign({ ...request, body: JSON.stringify(body) }), cancel);
}

function bodiesIn({ body }: OutboundRequest): readonly unknown[] | undefined {
  if (typeof body !== "string" || !body.startsWith('{"each":[')) return undefined;
  return (JSON.parse(body) as { each: unknown[] }).each;
}

async function read(reply: InboundReply): Promise<unknown> {
  const text = (await reply.read(MAX_REPLY_BYTES)).toString();
  try {
    return JSON.parse(text);
  } catch (cause) {
    throw new GatewayError("bad_reply", "The provider answered 200, but one of its bodies is no JSON. Check api_base.", { cause });
  }
}
