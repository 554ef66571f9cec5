/** Voyage AI: OpenAI's embeddings with another name for the dimensions and only a total of tokens. */

import { compatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";
import { isFields } from "./quirks.ts";

export const voyage: Provider = compatible({
  name: "voyage",
  title: "Voyage AI",
  base: "https://api.voyageai.com/v1",
  key: ["VOYAGE_API_KEY", "VOYAGE_AI_API_KEY", "VOYAGE_AI_TOKEN"],
  does: ["embed"],
  developer: true,
  quirks: {
    rename: { dimensions: "output_dimension" },
    // Numbers are what it sends by default; the word for them is refused.
    rules: [(wire) => (wire["encoding_format"] === "float" ? { remove: ["encoding_format"] } : undefined)],
    reply: withPromptTokens,
  },
  docs: "https://docs.voyageai.com/reference/embeddings-api",
});

function withPromptTokens(body: unknown): unknown {
  if (!isFields(body) || !isFields(body["usage"]) || body["usage"]["prompt_tokens"] !== undefined) return body;
  return { ...body, usage: { ...body["usage"], prompt_tokens: body["usage"]["total_tokens"] } };
}
