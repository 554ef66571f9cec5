/** Together AI: OpenAI's wire, with errors in words of its own. */

import { compatible } from "./compatible.ts";
import { errorWords } from "./error-words.ts";
import type { Provider, Quirks } from "./provider.ts";
import { fieldsOf, quirks, reasoningField } from "./quirks.ts";

/** Text is what it answers anyway; only the word is refused. */
const noFormatText: Quirks = {
  rules: [(wire) => (fieldsOf(wire["response_format"])["type"] === "text" ? { remove: ["response_format"] } : undefined)],
};

/** Source: docs.together.ai/docs/error-codes. An account that spent its credits is asked to slow down. */
const ownErrors = errorWords([
  { words: /INVALID_ARGUMENT/, kind: "bad_request" },
  { words: /invalid private key/i, kind: "upstream_auth" },
  { words: /`inputs` tokens \+ `max_new_tokens` must be/i, kind: "context_window" },
  { words: /\bcredits?\b.*\b(limit|exceeded|insufficient)|insufficient credits/i, kind: "rate_limit" },
]);

export const together: Provider = compatible({
  name: "together_ai",
  title: "Together AI",
  base: "https://api.together.ai/v1",
  key: ["TOGETHERAI_API_KEY", "TOGETHER_API_KEY", "TOGETHER_AI_API_KEY", "TOGETHER_AI_TOKEN"],
  does: ["chat", "text", "embed", "rerank", "image", "speak", "transcribe", "translate"],
  quirks: quirks(noFormatText, reasoningField, ownErrors),
  docs: "https://docs.together.ai/reference",
});
