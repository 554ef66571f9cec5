/** Ollama, once with one prompt (/api/generate) and once as a conversation (/api/chat). Source: docs.ollama.com/api. */

import { ollamaChat } from "../dialects/ollama-chat/provider-side.ts";
import { ollamaEmbed } from "../dialects/ollama-embed/provider-side.ts";
import { ollamaGenerate } from "../dialects/ollama-generate/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Service } from "./provider.ts";

const BASE_URL = "http://localhost:11434";

export const ollama: Provider = ollamaNamed("ollama", "Ollama", { chat: [ollamaGenerate], embed: [ollamaEmbed] });

export const ollamaChatProvider: Provider = ollamaNamed("ollama_chat", "Ollama (chat)", { chat: [ollamaChat], embed: [ollamaEmbed] });

function ollamaNamed(name: string, title: string, sides: Service["sides"]): Provider {
  return {
    name,
    title,
    docs: "https://docs.ollama.com/api",
    auth: keyAuth({ env: ["OLLAMA_API_KEY"], optional: true }),
    baseEnv: ["OLLAMA_API_BASE"],
    serve: (model, settings, facts) => ({
      model,
      baseUrl: serverOf(settings.api_base ?? BASE_URL),
      supports: { chat: supportedParameters(name, "chat", model, facts) },
      sides,
    }),
  };
}

/** Configs name the server, but also its API's folder or an endpoint. */
function serverOf(base: string): string {
  return base.replace(/\/api(\/(chat|generate|embed))?\/?$/, "");
}
