/** What text-generation-inference and its kin answer at /generate. Source: huggingface.co/docs/text-generation-inference, lorax.dev/reference/rest_api. */

export interface TgiDetails {
  /** length, eos_token, stop_sequence */
  finish_reason?: string;
  generated_tokens?: number;
  prompt_tokens?: number;
  input_length?: number;
  prefill?: unknown[];
}

/** A reply, or one event of /generate_stream, which has a token. */
export interface TgiReply {
  generated_text?: string | null;
  details?: TgiDetails | null;
  token?: { id?: number; text?: string; special?: boolean };
  error?: unknown;
}
