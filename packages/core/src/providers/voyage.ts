/** Voyage AI: OpenAI's embeddings and Cohere's rerank, with other names for two parameters and only a total of tokens. */

import { compatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";
import { isFields } from "./quirks.ts";

export const voyage: Provider = compatible({
  name: "voyage",
  title: "Voyage AI",
  base: "https://api.voyageai.com/v1",
  key: ["VOYAGE_API_KEY", "VOYAGE_AI_API_KEY", "VOYAGE_AI_TOKEN"],
  does: ["embed", "rerank"],
  developer: true,
  quirks: {
    rename: { dimensions: "output_dimension", top_n: "top_k" },
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
