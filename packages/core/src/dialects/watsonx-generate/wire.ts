/** What watsonx.ai's text generation answers. Source: cloud.ibm.com/apidocs/watsonx-ai#text-generation. */

export interface GenerationReply {
  model_id?: string;
  results?: GenerationResult[];
  errors?: unknown;
}

export interface GenerationResult {
  generated_text?: string;
  generated_token_count?: number;
  input_token_count?: number;
  /** not_finished, max_tokens, token_limit, eos_token, stop_sequence, time_limit, cancelled, error */
  stop_reason?: string;
}

/** A limit of time or tokens cut the answer short. */
export function endOf(reason: string | undefined): string {
  return reason === "token_limit" || reason === "time_limit" ? "length" : (reason ?? "stop");
}
