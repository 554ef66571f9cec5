/** Ollama's counts. A prompt that was in its cache whole may have none. */

import type { Usage } from "../../usage.ts";

export function ollamaUsage(reply: unknown): Usage | undefined {
  const { prompt_eval_count: input, eval_count: output } = (reply ?? {}) as Record<string, unknown>;
  if (typeof input !== "number" && typeof output !== "number") return undefined;
  return { ...(typeof input === "number" && { inputTokens: input }), ...(typeof output === "number" && { outputTokens: output }) };
}
