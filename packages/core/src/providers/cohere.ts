/** Cohere: its own wire for chat, embeddings and reranking, under one host. */

import { cohereChat } from "../dialects/cohere-chat/provider-side.ts";
import { cohereEmbed } from "../dialects/cohere-embed/provider-side.ts";
import { cohereRerank } from "../dialects/cohere-rerank/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider } from "./provider.ts";

function cohereNamed(name: string, title: string): Provider {
  return {
    name,
    title,
    docs: "https://docs.cohere.com/reference/chat",
    auth: keyAuth({ env: ["COHERE_API_KEY", "CO_API_KEY"] }),
    baseEnv: ["COHERE_API_BASE"],
    serve(model, settings, facts) {
      return {
        model,
        baseUrl: hostOf(settings.api_base ?? "https://api.cohere.com"),
        supports: { chat: supportedParameters(name, "chat", model, facts), embed: supportedParameters(name, "embed", model, facts) },
        sides: { chat: [cohereChat], embed: [cohereEmbed], rerank: [cohereRerank] },
      };
    },
  };
}

export const cohere = cohereNamed("cohere", "Cohere");
export const cohereChatProvider = cohereNamed("cohere_chat", "Cohere chat");

/** People write the endpoint of one operation, or only its version; all of them stand below the same address. */
function hostOf(base: string): string {
  return base.replace(/\/+$/, "").replace(/(\/v[12])?(\/(chat|embed|rerank|generate))?$/, "");
}
