/** Calls Cohere's /v2/embed. */

import { cohereError } from "../cohere-chat/error.ts";
import type { ProviderSide } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { cohereEmbedRequest } from "./request.ts";
import { cohereEmbedResponse, cohereEmbedUsage } from "./response.ts";

export const cohereEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "cohere-embed",
  path: () => "/v2/embed",
  patch: ({ model }) => ({ set: { model } }),
  request: cohereEmbedRequest,
  response: cohereEmbedResponse,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: cohereEmbedUsage,
  error: cohereError,
};
