/** Ids of tool calls that carry a thought signature, so that a plain OpenAI client brings it back without knowing. */

/** The mark that LiteLLM's clients may have stored, too. */
const MARK = "__thought__";

/** What Google accepts where history was not made by the model itself: "skip_thought_signature_validator" in base64. */
export const SKIPPED_SIGNATURE = "c2tpcF90aG91Z2h0X3NpZ25hdHVyZV92YWxpZGF0b3I=";

export function signedId(id: string, signature: string | undefined): string {
  return signature ? id + MARK + signature : id;
}

export function splitId(id: string): { id: string; signature?: string } {
  const at = id.indexOf(MARK);
  return at < 0 ? { id } : { id: id.slice(0, at), signature: id.slice(at + MARK.length) };
}
