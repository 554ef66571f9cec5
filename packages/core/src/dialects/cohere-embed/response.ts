/** A reply of /v2/embed → the hub's embeddings. */

import type { EmbedResponse } from "../../hub/embed.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { TranslateContext } from "../dialect.ts";
import { embedResponse, noVectors } from "../embed-list.ts";
import type { CohereEmbedReply } from "./wire.ts";

export function cohereEmbedResponse(reply: WireReply, context: TranslateContext<"embed">): EmbedResponse {
  return embedResponse(vectorsOf(reply), context, cohereEmbedUsage(reply)?.inputTokens);
}

/** Of several types the first that was asked for stands in the list. */
export function vectorsOf({ body }: WireReply): (number[] | string)[] {
  const told = (body as CohereEmbedReply | null)?.embeddings;
  const found = Array.isArray(told) ? told : Object.values(told ?? {}).find((vectors) => Array.isArray(vectors));
  if (!found) throw noVectors();
  return found;
}

export function cohereEmbedUsage({ body }: WireReply): Usage | undefined {
  const { input_tokens: texts, image_tokens: pictures, images } = (body as CohereEmbedReply | null)?.meta?.billed_units ?? {};
  if (texts === undefined && pictures === undefined && images === undefined) return undefined;
  return {
    inputTokens: (texts ?? 0) + (pictures ?? 0),
    ...(pictures !== undefined && { imageInTokens: pictures }),
    ...(images !== undefined && { units: { images } }),
  };
}
