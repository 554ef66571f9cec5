/** Judging texts and images. Source: platform.openai.com/docs/api-reference/moderations. */

export interface ModerateRequest {
  model: string;
  input: string | (string | Readonly<Record<string, unknown>>)[];
  [name: string]: unknown;
}

export interface ModerateResponse {
  id: string;
  model: string;
  results: {
    flagged: boolean;
    categories: Readonly<Record<string, unknown>>;
    category_scores?: Readonly<Record<string, unknown>>;
    [name: string]: unknown;
  }[];
  [name: string]: unknown;
}
