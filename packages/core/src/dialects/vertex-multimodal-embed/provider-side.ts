/** Calls multimodalembedding by predict. Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/multimodal-embeddings-api. */

import type { EmbedResponse } from "../../hub/embed.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { embedResponse, noVectors } from "../embed-list.ts";
import { geminiError } from "../gemini/error.ts";
import { isFields } from "../gemini/json.ts";
import { noGlance } from "../no-glance.ts";
import { multimodalRequest } from "./request.ts";

export const vertexMultimodalEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "vertex-multimodal-embed",
  path: ({ model }) => `/${model}:predict`,
  patch: () => ({}),
  request: multimodalRequest,
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  // The reply counts nothing.
  usage: () => undefined,
  error: geminiError,
};

interface Prediction {
  readonly textEmbedding?: number[];
  readonly imageEmbedding?: number[];
  readonly videoEmbeddings?: { embedding?: number[] }[];
}

/** An instance with text and image gives two vectors, a video one for each of its parts: all in a row. */
function response(reply: WireReply, context: TranslateContext<"embed">): EmbedResponse {
  const { body } = reply;
  if (isFields(body) && body["error"]) throw geminiError(reply);
  if (!isFields(body) || !Array.isArray(body["predictions"])) throw noVectors();
  const vectors = (body["predictions"] as Prediction[]).flatMap(({ textEmbedding, imageEmbedding, videoEmbeddings = [] }) =>
    [textEmbedding, imageEmbedding, ...videoEmbeddings.map(({ embedding }) => embedding)].filter((each) => each !== undefined),
  );
  if (vectors.length === 0) throw noVectors();
  return embedResponse(vectors, context, undefined);
}
