/** Replicate's predictions. Source: replicate.com/docs/reference/http, replicate.com/docs/reference/streaming. */

export interface Prediction {
  id?: string;
  /** starting, processing, succeeded, failed, canceled, aborted */
  status?: string;
  /** Language models answer a list of pieces, or a text. */
  output?: unknown;
  error?: unknown;
  urls?: { get?: string; cancel?: string; stream?: string };
  metrics?: { input_token_count?: number; output_token_count?: number; [name: string]: unknown };
}
