/** Calls Ollama's /api/generate; its answers differ from /api/chat only in where the text stands. */

import type { ProviderSide } from "../dialect.ts";
import { ollamaChat } from "../ollama-chat/provider-side.ts";
import { generateRequest } from "./request.ts";

export const ollamaGenerate: ProviderSide<"chat"> = {
  ...ollamaChat,
  dialect: "ollama-generate",
  path: () => "/api/generate",
  request: generateRequest,
};
