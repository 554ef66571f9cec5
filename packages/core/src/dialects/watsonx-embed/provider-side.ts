/** Calls watsonx.ai's text embeddings. Source: cloud.ibm.com/apidocs/watsonx-ai#text-embeddings. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { embedResponse, noVectors, textsOf } from "../embed-list.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";

interface EmbedReply {
  results?: { embedding?: number[] }[];
  input_token_count?: number;
}

export const watsonxEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "watsonx-embed",
  path: () => "/ml/v1/text/embeddings",
  patch: ({ model }) => ({ set: { model_id: model }, remove: ["model"] }),
  request: ({ asked: { input, model: _, encoding_format: __, dimensions: ___, user: ____, metadata: _____, ...more }, model }) => ({
    inputs: textsOf(input),
    model_id: model,
    ...more,
  }),
  response: (reply, context) => embedResponse(vectorsOf(reply), context, usage(reply)?.inputTokens),
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: openaiError,
};

function vectorsOf({ body }: WireReply): number[][] {
  const told = (body as EmbedReply | null)?.results;
  if (!Array.isArray(told)) throw noVectors();
  return told.map(({ embedding }) => embedding ?? []);
}

function usage({ body }: WireReply): Usage | undefined {
  const tokens = (body as EmbedReply | null)?.input_token_count;
  return tokens === undefined ? undefined : { inputTokens: tokens };
}
