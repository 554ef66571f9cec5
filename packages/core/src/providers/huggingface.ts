/** Hugging Face: its router to many hosts, or a dedicated endpoint of one's own. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { huggingfaceEmbed } from "../dialects/huggingface-embed/provider-side.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { teiRerank } from "../dialects/tei-rerank/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { errorWords } from "./error-words.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider } from "./provider.ts";
import { chatModel, developerAsSystem, quirks } from "./quirks.ts";

const NAME = "huggingface";
const ROUTER = "https://router.huggingface.co";

const chat: ProviderSide<"chat"> = { ...openaiChat, path: () => "/v1/chat/completions" };

export const huggingface: Provider = {
  name: NAME,
  title: "Hugging Face",
  docs: "https://huggingface.co/docs/inference-providers",
  auth: keyAuth({ env: ["HF_TOKEN", "HUGGINGFACE_API_KEY"] }),
  baseEnv: ["HF_API_BASE", "HUGGINGFACE_API_BASE"],
  serve(model, { api_base: own }, facts) {
    const embed: ProviderSide<"embed"> = own ? huggingfaceEmbed : { ...huggingfaceEmbed, path: () => pipeline(model) };
    return {
      model,
      baseUrl: own ? own.replace(/\/(v1|rerank|embed)\/?$/, "") : ROUTER,
      supports: {
        chat: supportedParameters(NAME, "chat", model, facts),
        embed: supportedParameters(NAME, "embed", model, facts),
      },
      quirks: quirks(developerAsSystem, own ? undefined : chatModel(routed), ownErrors),
      // Rerankers run on servers of one's own only.
      sides: { chat: [chat], embed: [embed], ...(own && { rerank: [teiRerank] }) },
    };
  },
};

/** What its hosts say with statuses that mean something else. */
const ownErrors = errorWords([
  { words: /length limit exceeded/i, kind: "context_window" },
  { words: /valid user token is required/i, kind: "upstream_auth" },
  { words: /rate limit reached/i, kind: "rate_limit" },
]);

/** `<host>/<org>/<model>` is written `<org>/<model>:<host>` there. */
function routed(model: string): string {
  const [host, org, ...rest] = model.split("/");
  return rest.length > 0 ? `${org}/${rest.join("/")}:${host}` : model;
}

function pipeline(model: string): string {
  const [host, org, ...rest] = model.split("/");
  const [at, name] = rest.length > 0 ? [host, `${org}/${rest.join("/")}`] : ["hf-inference", model];
  return `/${at}/models/${name}/pipeline/feature-extraction`;
}
