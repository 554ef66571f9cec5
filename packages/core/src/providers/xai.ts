/** xAI: OpenAI's wire without strict tools and names, with reasoning counted beside the answer and the cost in ticks. */

import { xaiEdits } from "../dialects/xai-images/provider-side.ts";
import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";
import { type Fields, fieldsOf, isFields, mapChunk, noNames, noStrictTools, oldTokenLimit, quirks } from "./quirks.ts";

const counted: Quirks = {
  reply: (body) => withReasoning(withCost(body)),
  chunk: mapChunk((chunk) => withReasoning(withCost(chunk)), /"reasoning_tokens"|"cost_in_usd_ticks"|"num_sources_used"/),
};

/** Source: docs.x.ai/developers/cost-tracking. */
const TICKS_PER_DOLLAR = 10_000_000_000;

/** What a call cost is told in ticks, searches as the number of their sources. */
function withCost(body: unknown): unknown {
  if (!isFields(body) || !isFields(body["usage"])) return body;
  const usage: Fields = body["usage"];
  const { cost_in_usd_ticks: ticks, num_sources_used: sources } = usage;
  if (typeof ticks !== "number" && typeof sources !== "number") return body;
  const details = { ...fieldsOf(usage["prompt_tokens_details"]), web_search_requests: sources };
  return {
    ...body,
    usage: {
      ...usage,
      ...(typeof ticks === "number" && { cost: ticks / TICKS_PER_DOLLAR }),
      ...(typeof sources === "number" && sources > 0 && { prompt_tokens_details: details }),
    },
  };
}

/** OpenAI's completion_tokens hold the reasoning; xAI's total does, but its completion_tokens do not. */
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
  does: ["chat", "image"],
  sides: { editImage: [xaiEdits] },
  quirks: quirks(
    oldTokenLimit,
    noStrictTools,
    noNames((message) => message["role"] === "user"),
    counted,
  ),
  docs: "https://docs.x.ai/docs/api-reference",
});
