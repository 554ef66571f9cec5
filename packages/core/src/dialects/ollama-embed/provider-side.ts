/** Calls Ollama's /api/embed. */

import type { ProviderSide } from "../dialect.ts";
import { ollamaError } from "../ollama-chat/error.ts";
import { ollamaUsage } from "../ollama-chat/usage.ts";
import { embedRequest } from "./request.ts";
import { embedResponse } from "./response.ts";

export const ollamaEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "ollama-embed",
  path: () => "/api/embed",
  patch: ({ model }) => ({ set: { model } }),
  request: embedRequest,
  response: embedResponse,
  // Embeddings come whole: there is no stream to look at.
  glance: () => ({ push: () => "pass", usage: undefined, complete: true }),
  replyPatch: (_, { publicModel }) => ({ set: { model: publicModel } }),
  usage: (reply) => ollamaUsage(reply.body),
  error: ollamaError,
};
