/** The counts of text-generation-inference, which stand in the details. */

import type { Usage } from "../../usage.ts";
import type { TgiDetails } from "./wire.ts";

export function tgiUsage(details: TgiDetails | null | undefined): Usage | undefined {
  if (!details) return undefined;
  const { generated_tokens: output, prefill } = details;
  const input = details.prompt_tokens ?? details.input_length ?? (prefill && prefill.length > 0 ? prefill.length : undefined);
  if (input === undefined && output === undefined) return undefined;
  return { ...(input !== undefined && { inputTokens: input }), ...(output !== undefined && { outputTokens: output }) };
}
