/** Inception's fill-in-the-middle: OpenAI's text completion under a path of its own. Source: docs.inceptionlabs.ai. */

import { openaiCompletions } from "../dialects/openai-completions/provider-side.ts";
import { compatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";
import { oldTokenLimit } from "./quirks.ts";

const side = { ...openaiCompletions, path: () => "/fim/completions" };

export const inceptionFim: Provider = compatible({
  name: "text-completion-inception",
  title: "Inception (fill in the middle)",
  base: "https://api.inceptionlabs.ai/v1",
  key: ["INCEPTION_API_KEY"],
  baseEnv: ["INCEPTION_API_BASE"],
  sides: { chat: [side] },
  quirks: oldTokenLimit,
  docs: "https://docs.inceptionlabs.ai",
});
