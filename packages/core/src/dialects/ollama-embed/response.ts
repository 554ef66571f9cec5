/** A reply of /api/embed as OpenAI's. */

import type { EmbedResponse } from "../../hub/embed.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { noAnswer } from "../ollama-chat/error.ts";
import { ollamaUsage } from "../ollama-chat/usage.ts";

export function embedResponse({ body }: WireReply, { asked, publicModel }: TranslateContext<"embed">): EmbedResponse {
  const vectors = (body as { embeddings?: number[][] } | null)?.embeddings;
  if (!Array.isArray(vectors)) throw noAnswer(body);
  const input = ollamaUsage(body)?.inputTokens;
  const data = vectors.map((vector, index) => ({
    object: "embedding" as const,
    index,
    embedding: asked.encoding_format === "base64" ? base64Of(vector) : vector,
  }));
  return { object: "list", data, model: publicModel, ...(input !== undefined && { usage: { prompt_tokens: input, total_tokens: input } }) };
}

/** As OpenAI packs them: 32-bit floats, little end first. Its clients ask for this by default. */
function base64Of(vector: readonly number[]): string {
  const bytes = Buffer.alloc(vector.length * 4);
  vector.forEach((value, at) => {
    bytes.writeFloatLE(value, at * 4);
  });
  return bytes.toString("base64");
}
