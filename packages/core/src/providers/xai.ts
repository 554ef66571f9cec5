/** xAI: OpenAI's wire without strict tools and names, with reasoning counted beside the answer. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";
import { type Fields, fieldsOf, isFields, mapChunk, noNames, noStrictTools, oldTokenLimit, quirks } from "./quirks.ts";

/** OpenAI's completion_tokens hold the reasoning; xAI's total does, but its completion_tokens do not. */
const reasoningCounted: Quirks = {
  reply: withReasoning,
  chunk: mapChunk(withReasoning, /"reasoning_tokens"/),
};

function withReasoning(body: unknown): unknown {
  if (!isFields(body) || !isFields(body["usage"])) return body;
  const usage: Fields = body["usage"];
  const reasoning = Number(fieldsOf(usage["completion_tokens_details"])["reasoning_tokens"] ?? 0);
  const [prompt, completion, total] = [usage["prompt_tokens"], usage["completion_tokens"], usage["total_tokens"]].map(Number);
  if (!reasoning || prompt === undefined || completion === undefined || prompt + completion + reasoning !== total) return body;
  return { ...body, usage: { ...usage, completion_tokens: completion + reasoning } };
}

export const xai: Provider = compatible({
  name: "xai",
  title: "xAI",
  base: "https://api.x.ai/v1",
  quirks: quirks(
    oldTokenLimit,
    noStrictTools,
    noNames((message) => message["role"] === "user"),
    reasoningCounted,
  ),
  docs: "https://docs.x.ai/docs/api-reference",
});
