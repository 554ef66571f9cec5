/** Codestral's fill-in-the-middle: asked like a text completion, answered like a chat. */

import { openaiCompletions } from "../dialects/openai-completions/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Quirks } from "./provider.ts";
import { fieldsOf, isFields, mapChunk } from "./quirks.ts";

const NAME = "text-completion-codestral";
const PATH = "/fim/completions";

const side = { ...openaiCompletions, path: () => PATH };

const own: Quirks = {
  rename: { seed: "random_seed", max_completion_tokens: "max_tokens" },
  drop: ["stream_options", "user"],
  reply: (body) => asText(body, "message"),
  chunk: mapChunk((chunk) => asText(chunk, "delta"), /"delta"/),
};

export const codestralFim: Provider = {
  name: NAME,
  title: "Codestral (fill in the middle)",
  docs: "https://docs.mistral.ai/capabilities/code_generation",
  auth: keyAuth({ env: ["CODESTRAL_API_KEY"] }),
  baseEnv: ["CODESTRAL_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: baseOf(settings.api_base),
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    quirks: own,
    sides: { chat: [side] },
  }),
};

/** People write the host, the version or the whole address. */
function baseOf(base = "https://codestral.mistral.ai/v1"): string {
  return base.replace(/\/+$/, "").replace(/\/fim(\/completions)?$/, "");
}

function asText(body: unknown, member: "message" | "delta"): unknown {
  if (!isFields(body) || !Array.isArray(body["choices"])) return body;
  const choices = body["choices"].map((choice: unknown) => {
    const { [member]: message, ...rest } = fieldsOf(choice);
    return { ...rest, text: fieldsOf(message)["content"] ?? "" };
  });
  return { ...body, object: "text_completion", choices };
}
