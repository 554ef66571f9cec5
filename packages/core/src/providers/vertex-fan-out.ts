/** Embeds several inputs with models that take one in a request: one request each, answered as one. */

import { GatewayError } from "../errors.ts";
import { replyWith } from "../transport/reply.ts";
import type { InboundReply, OutboundRequest } from "../transport/transport.ts";
import type { Exchange } from "./provider.ts";
import { fieldsOf, isFields } from "./quirks.ts";

type Fields = Record<string, unknown>;

const AT_ONCE = 8;
const MAX_REPLY_BYTES = 16_777_216;

/** predict: `instances` with one entry each. */
export const oneInstanceEach: Exchange = fanOut(
  ({ instances, ...rest }) => listOf(instances).map((instance) => ({ ...rest, instances: [instance] })),
  (replies) => ({ predictions: replies.flatMap(({ predictions }) => listOf(predictions)) }),
);

/** embedContent, made of batchEmbedContents, which Vertex AI does not have. */
export const oneContentEach: Exchange = fanOut(
  ({ requests }) => listOf(requests).map((request) => ({ ...fieldsOf(request), model: undefined })),
  (replies) => {
    const counts = replies
      .map(({ usageMetadata }) => fieldsOf(usageMetadata)["promptTokenCount"])
      .filter((each) => typeof each === "number");
    return {
      embeddings: replies.map(({ embedding }) => embedding),
      ...(counts.length > 0 && { usageMetadata: { promptTokenCount: counts.reduce((sum, each) => sum + each, 0) } }),
    };
  },
);

/** The first refusal stands for all. */
function fanOut(split: (body: Fields) => Fields[], join: (replies: Fields[]) => Fields): Exchange {
  return async (request, context) => {
    const bodies = split(bodyOf(request)).map((body) => JSON.stringify(body));
    if (bodies.length === 0)
      throw new GatewayError("bad_request", "There is nothing to embed. Send input as a text or a list of texts.", { param: "input" });
    const replies: Fields[] = [];
    let headers: InboundReply["headers"] = {};
    for (let at = 0; at < bodies.length; at += AT_ONCE) {
      const sent = await Promise.all(bodies.slice(at, at + AT_ONCE).map((body) => context.send({ ...request, body }, context.cancel)));
      const refused = sent.find(({ status }) => status >= 300);
      if (refused) return alone(refused, sent);
      headers = sent[0]?.headers ?? headers;
      replies.push(...(await Promise.all(sent.map(jsonOf))));
    }
    return replyWith({ status: 200, headers: { ...headers, "content-type": "application/json" }, body: JSON.stringify(join(replies)) });
  };
}

function alone(refused: InboundReply, sent: readonly InboundReply[]): InboundReply {
  for (const other of sent) if (other !== refused) other.discard();
  return refused;
}

function bodyOf({ body }: OutboundRequest): Fields {
  const json: unknown = typeof body === "string" || Buffer.isBuffer(body) ? JSON.parse(body.toString()) : undefined;
  return fieldsOf(json);
}

async function jsonOf(reply: InboundReply): Promise<Fields> {
  const text = (await reply.read(MAX_REPLY_BYTES)).toString();
  try {
    const json: unknown = JSON.parse(text);
    if (isFields(json)) return json;
  } catch {
    // Told below: what is no JSON is no answer.
  }
  throw new GatewayError("bad_reply", "The provider answered 200, but its body is not a JSON object. Check api_base.");
}

function listOf(value: unknown): unknown[] {
  return Array.isArray(value) ? value : [];
}
