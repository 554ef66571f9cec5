/** Calls a provider in Google's batchEmbedContents. */

import type { ProviderSide } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { modelPath } from "../gemini/provider-side.ts";
import { geminiEmbedRequest } from "./request.ts";
import { geminiEmbedResponse, vectorsOf } from "./response.ts";
import { embedUsage } from "./usage.ts";

export const geminiEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "gemini-embed",
  // One text goes the same way as many: both methods answer the same vectors.
  path: ({ model }) => `/${modelPath(model)}:batchEmbedContents`,
  patch: () => ({}),
  request: geminiEmbedRequest,
  response: geminiEmbedResponse,
  glance: () => ({ push: () => "pass", usage: undefined, complete: true }),
  replyPatch: (body) => {
    vectorsOf({ status: 200, headers: {}, body });
    return {};
  },
  usage: embedUsage,
  error: geminiError,
};
