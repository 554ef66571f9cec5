/** Sorting documents by how well they answer a query, in Cohere's shape, which stands for all. Source: docs.cohere.com/reference/rerank. */

export interface RerankRequest {
  model: string;
  query: string;
  /** Texts, or objects with a text. */
  documents: (string | Readonly<Record<string, unknown>>)[];
  top_n?: number | null;
  rank_fields?: string[] | null;
  return_documents?: boolean | null;
  max_chunks_per_doc?: number | null;
  max_tokens_per_doc?: number | null;
  [name: string]: unknown;
}

export interface RerankResponse {
  id: string;
  results: { index: number; relevance_score: number; document?: Readonly<Record<string, unknown>> }[];
  meta?: {
    billed_units?: { search_units?: number; total_tokens?: number; [name: string]: unknown };
    tokens?: { input_tokens?: number; output_tokens?: number; [name: string]: unknown };
    [name: string]: unknown;
  };
  [name: string]: unknown;
}
