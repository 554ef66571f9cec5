/** Counts tokens for users of the library. */

import { type Countable, countRequest, countTokens as countText } from "./pricing/tokens.ts";

/** A text, or messages with tools as they would be sent; an estimate for very long ones. */
export async function countTokens(of: string | Countable, model?: string): Promise<number> {
  const counted = typeof of === "string" ? await countText(of, model) : await countRequest(of, model);
  return counted.tokens;
}
