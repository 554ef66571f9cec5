/** OpenAI's embeddings. Source: platform.openai.com/docs/api-reference/embeddings. */

export interface EmbedRequest {
  model: string;
  /** A text, texts, a list of token numbers, or a list of such lists. */
  input: string | string[] | number[] | number[][];
  dimensions?: number | null;
  encoding_format?: "float" | "base64" | null;
  user?: string | null;
  [name: string]: unknown;
}

export interface EmbedResponse {
  object: "list";
  data: { object: "embedding"; index: number; embedding: number[] | string }[];
  model: string;
  usage?: { prompt_tokens: number; total_tokens: number; [name: string]: unknown };
  [name: string]: unknown;
}
