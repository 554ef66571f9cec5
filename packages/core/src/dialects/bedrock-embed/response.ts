/** A reply, or the replies of several calls put together, as the hub's embeddings. */

import type { EmbedResponse } from "../../hub/embed.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn } from "../anthropic-messages/json.ts";
import { awsError } from "../aws-error.ts";
import type { TranslateContext } from "../dialect.ts";
import { embedResponse, noVectors } from "../embed-list.ts";
import { embedFamilyOf } from "./families.ts";
import { embedUsage } from "./usage.ts";

export function bedrockEmbedResponse(reply: WireReply, context: TranslateContext<"embed">): EmbedResponse {
  const family = embedFamilyOf(context);
  const body = objectIn(reply.body);
  const replies = Array.isArray(body["each"]) ? objectsIn(body["each"]) : [body];
  const vectors = replies.flatMap((each) => {
    const found = family.vectors(each);
    if (!found) throw reply.headers["x-amzn-errortype"] === undefined ? noVectors() : awsError(reply);
    return found;
  });
  return embedResponse(vectors, context, embedUsage(reply)?.inputTokens);
}
