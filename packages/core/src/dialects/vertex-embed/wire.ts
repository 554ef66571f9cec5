/** Shapes of Vertex AI's text embeddings as they travel. */

export interface EmbedInstance {
  content: string;
  task_type?: unknown;
  title?: unknown;
}
export interface PredictEmbedRequest {
  instances: EmbedInstance[];
  parameters?: Record<string, unknown>;
  [name: string]: unknown;
}
export interface EmbedPrediction {
  embeddings?: { values?: number[]; statistics?: { token_count?: number; truncated?: boolean } };
}
