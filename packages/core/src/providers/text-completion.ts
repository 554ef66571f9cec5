/** OpenAI's models that continue a text, under the name that says so. */

import { openaiCompletions } from "../dialects/openai-completions/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider } from "./provider.ts";

const NAME = "text-completion-openai";
const BASE_URL = "https://api.openai.com/v1";

export const textCompletionOpenai: Provider = {
  name: NAME,
  title: "OpenAI text completions",
  docs: "https://platform.openai.com/docs/api-reference/completions",
  auth: keyAuth({ env: ["OPENAI_API_KEY"] }),
  baseEnv: ["OPENAI_BASE_URL", "OPENAI_API_BASE"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: settings.api_base ?? BASE_URL,
    supports: { chat: supportedParameters(NAME, "chat", model, facts) },
    sides: { chat: [openaiCompletions] },
  }),
};
