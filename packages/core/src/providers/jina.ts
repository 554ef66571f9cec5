/** Jina AI: embeddings and reranking; what is embedded may be images. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";

/** Source: jina.ai/embeddings: images come as `{image}` beside texts as `{text}`; a list of nothing but texts may be strings. */
const images: Quirks = {
  rules: [
    (wire) => {
      const input: readonly unknown[] = Array.isArray(wire["input"]) ? wire["input"] : [wire["input"]];
      if (!input.some(isImage)) return undefined;
      return { set: { input: input.map((each) => (isImage(each) ? { image: each.slice(each.indexOf(",") + 1) } : { text: each })) } };
    },
  ],
};

function isImage(value: unknown): value is string {
  return typeof value === "string" && value.startsWith("data:image/");
}

export const jina: Provider = compatible({
  name: "jina_ai",
  title: "Jina AI",
  base: "https://api.jina.ai/v1",
  key: ["JINA_AI_API_KEY", "JINA_AI_TOKEN", "JINA_API_KEY"],
  does: ["embed", "rerank"],
  quirks: images,
  docs: "https://jina.ai/embeddings",
});
