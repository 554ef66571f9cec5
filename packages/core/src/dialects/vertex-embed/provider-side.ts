/** Calls Vertex AI's text embeddings by predict. Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/text-embeddings-api. */

import type { EmbedResponse } from "../../hub/embed.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { embedResponse, noVectors } from "../embed-list.ts";
import { geminiError } from "../gemini/error.ts";
import { isFields, listOf } from "../gemini/json.ts";
import { noGlance } from "../no-glance.ts";
import { predictEmbedRequest } from "./request.ts";
import type { EmbedPrediction } from "./wire.ts";

export const vertexEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "vertex-embed",
  path: ({ model }) => `/${model}:predict`,
  patch: () => ({}),
  request: predictEmbedRequest,
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: geminiError,
};

function response(reply: WireReply, context: TranslateContext<"embed">): EmbedResponse {
  const vectors = predictionsOf(reply).map(({ embeddings }) => {
    if (!Array.isArray(embeddings?.values)) throw noVectors();
    return embeddings.values;
  });
  return embedResponse(vectors, context, usage(reply)?.inputTokens);
}

/** Older models count characters only. */
function usage({ body }: WireReply): Usage | undefined {
  const predictions = isFields(body) ? (listOf(body["predictions"]) as EmbedPrediction[]) : [];
  const counted = predictions.flatMap(({ embeddings }) => embeddings?.statistics?.token_count ?? []);
  return counted.length > 0 ? { inputTokens: counted.reduce((sum, each) => sum + each, 0) } : undefined;
}

function predictionsOf(reply: WireReply): EmbedPrediction[] {
  const { body } = reply;
  if (isFields(body) && body["error"]) throw geminiError(reply);
  if (!isFields(body) || !Array.isArray(body["predictions"])) throw noVectors();
  return body["predictions"] as EmbedPrediction[];
}
