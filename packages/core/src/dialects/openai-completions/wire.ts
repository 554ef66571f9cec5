/** OpenAI's text completions. Source: platform.openai.com/docs/api-reference/completions; servers that speak it add members of their own. */

export interface TextLogprobs {
  tokens?: string[] | null;
  token_logprobs?: (number | null)[] | null;
  top_logprobs?: (Record<string, number> | null)[] | null;
  /** Where each token begins, in characters of prompt and answer. */
  text_offset?: number[] | null;
  [name: string]: unknown;
}

export interface TextChoice {
  index?: number;
  text?: string | null;
  finish_reason?: string | null;
  logprobs?: TextLogprobs | null;
  [name: string]: unknown;
}

export interface TextCompletion {
  id?: string;
  object?: string;
  created?: number;
  model?: string;
  choices: TextChoice[];
  usage?: Record<string, unknown> | null;
  error?: unknown;
  [name: string]: unknown;
}

/** `prompt`: a text, texts, token numbers, or lists of token numbers. */
export interface TextRequest {
  model?: string;
  prompt?: string | string[] | number[] | number[][] | null;
  suffix?: string | null;
  /** How many alternatives per token to tell. */
  logprobs?: number | boolean | null;
  echo?: boolean | null;
  best_of?: number | null;
  [name: string]: unknown;
}
