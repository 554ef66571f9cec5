/** Shapes of Google's batchEmbedContents as they travel. Source: ai.google.dev/api/embeddings. */

import type { WirePart } from "../gemini/wire.ts";

export interface EmbedContent {
  model: string;
  content: { parts: WirePart[] };
  taskType?: string;
  title?: string;
  outputDimensionality?: number;
  [name: string]: unknown;
}
export interface BatchEmbedRequest {
  requests: EmbedContent[];
  [name: string]: unknown;
}
export interface EmbedReply {
  embeddings?: { values?: number[] }[];
  /** Of embedContent, which embeds one text. */
  embedding?: { values?: number[] };
  usageMetadata?: { promptTokenCount?: number; totalTokenCount?: number };
  error?: unknown;
}
