/** What Cohere's /v2/embed answers. Source: docs.cohere.com/reference/embed. */

export interface CohereEmbedReply {
  id?: string;
  /** By type: float, int8, uint8, binary, ubinary as numbers, base64 as texts. Version 1 answered the numbers themselves. */
  embeddings?: Record<string, (number[] | string)[] | null> | number[][];
  meta?: { billed_units?: { input_tokens?: number; image_tokens?: number; images?: number } };
}
