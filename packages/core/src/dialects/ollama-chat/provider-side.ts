/** Calls Ollama's /api/chat. */

import type { ProviderSide } from "../dialect.ts";
import { ollamaError } from "./error.ts";
import { ollamaGlance } from "./glance.ts";
import { imageAddresses } from "./images.ts";
import { chatRequest } from "./request.ts";
import { chatOfOllama } from "./response.ts";
import { ollamaDecoder } from "./stream.ts";
import { ollamaUsage } from "./usage.ts";

export const ollamaChat: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "ollama-chat",
  framing: "json-lines",
  path: () => "/api/chat",
  patch: ({ model }) => ({ set: { model } }),
  fetches: (asked) => imageAddresses(asked.messages),
  request: chatRequest,
  response: chatOfOllama,
  stream: ollamaDecoder,
  glance: ollamaGlance,
  replyPatch: (_, { publicModel }) => ({ set: { model: publicModel } }),
  usage: (reply) => ollamaUsage(reply.body),
  error: ollamaError,
};
