/** Cohere's counts: `tokens` is what the model saw, `billed_units` what is paid for. */

import type { Usage } from "../../usage.ts";
import type { CohereUsage } from "./wire.ts";

export function cohereUsage(told: unknown): Usage | undefined {
  if (told === null || typeof told !== "object") return undefined;
  const { tokens, billed_units: billed, cached_tokens: cached } = told as CohereUsage;
  const input = tokens?.input_tokens ?? billed?.input_tokens;
  const output = tokens?.output_tokens ?? billed?.output_tokens;
  if (input === undefined && output === undefined) return undefined;
  return {
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: output }),
    ...(typeof cached === "number" && { cacheReadTokens: cached }),
  };
}
