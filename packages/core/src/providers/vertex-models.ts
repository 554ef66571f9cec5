/** What a model's name means on Vertex AI: whose it is, and in which of the platform's formats it is asked. */

import type { ModelFacts } from "../hub/model-facts.ts";

export type VertexFamily =
  | "claude"
  | "mistral"
  | "jamba"
  | "open-models"
  | "own-endpoint"
  | "chat-predict"
  | "gemini"
  | "imagen"
  | "text-embedding"
  | "content-embedding"
  | "multimodal-embedding"
  | "ranker"
  | "voices";

/** First that fits. Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/models and …/docs/partner-models. */
const byName: readonly (readonly [RegExp, VertexFamily])[] = [
  [/^claude-|^anthropic\//, "claude"],
  [/^mistralai\/|^(mistral|ministral|codestral|magistral|pixtral|devstral)/, "mistral"],
  [/^ai21\/|^jamba/, "jamba"],
  [/^gemma\//, "chat-predict"],
  [/^gemini\//, "gemini"],
  [/^openai\/(?!gpt-oss)/, "own-endpoint"],
  [/^[^/]+\/[^/]/, "open-models"],
  [/^(imagen|imagegeneration)/, "imagen"],
  [/^multimodalembedding/, "multimodal-embedding"],
  [/^gemini-embedding-(?!001)/, "content-embedding"],
  [/embedding/, "text-embedding"],
  [/^semantic-ranker/, "ranker"],
  [/^$|^(chirp|text-to-speech|tts)(?!_)/, "voices"],
];

export function vertexFamily(model: string, facts: ModelFacts): VertexFamily {
  const found = byName.find(([name]) => name.test(model))?.[1];
  if (found) return found;
  // An endpoint of one's own has a number for a name: what it is for stands in model_info.
  if (facts.mode === "embedding") return facts["uses_embed_content"] === true ? "content-embedding" : "text-embedding";
  return facts.mode === "rerank" ? "ranker" : "gemini";
}
