/** Usage in the house's form and in the form of OpenAI's chat replies: the only two functions that know both. */

import type { Usage } from "../usage.ts";
import type { ChatUsage } from "./chat.ts";

/** For a reply: details only where something is known. */
export function chatUsage(usage: Usage): ChatUsage {
  const prompt = usage.inputTokens ?? 0;
  const completion = usage.outputTokens ?? 0;
  const written = sum(usage.cacheWrite5mTokens, usage.cacheWrite1hTokens);
  const told: ChatUsage = { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion };
  const promptDetails = present({
    cached_tokens: usage.cacheReadTokens,
    audio_tokens: usage.audioInTokens,
    image_tokens: usage.imageInTokens,
    video_tokens: usage.videoInTokens,
    cache_creation_tokens: written,
    cache_creation_token_details:
      usage.cacheWrite1hTokens === undefined
        ? undefined
        : { ephemeral_5m_input_tokens: usage.cacheWrite5mTokens ?? 0, ephemeral_1h_input_tokens: usage.cacheWrite1hTokens },
    web_search_requests: usage.units?.webSearches,
  });
  const completionDetails = present({
    reasoning_tokens: usage.reasoningTokens,
    audio_tokens: usage.audioOutTokens,
    image_tokens: usage.imageOutTokens,
  });
  if (promptDetails) told.prompt_tokens_details = promptDetails;
  if (completionDetails) told.completion_tokens_details = completionDetails;
  if (written !== undefined) told["cache_creation_input_tokens"] = written;
  if (written !== undefined || usage.cacheReadTokens !== undefined) told["cache_read_input_tokens"] = usage.cacheReadTokens ?? 0;
  if (usage.units?.webSearches !== undefined) told["server_tool_use"] = { web_search_requests: usage.units.webSearches };
  return told;
}

/** From a reply in OpenAI's form, with the additions that compatible servers make. Undefined when there is none. */
export function usageOfChat(told: unknown): Usage | undefined {
  if (told === null || typeof told !== "object") return undefined;
  const from = told as Record<string, unknown>;
  const prompt = record(from["prompt_tokens_details"]);
  const completion = record(from["completion_tokens_details"]);
  const written = record(prompt["cache_creation_token_details"]);
  const writes = prompt["cache_creation_tokens"] ?? prompt["cache_write_tokens"] ?? from["cache_creation_input_tokens"];
  const searches = count(
    prompt["web_search_requests"] ?? record(from["server_tool_use"])["web_search_requests"] ?? from["num_search_queries"],
  );
  // All members in one order, told or not: whatever prices and counts them meets one kind of object.
  return {
    inputTokens: count(from["prompt_tokens"] ?? from["input_tokens"]),
    outputTokens: count(from["completion_tokens"] ?? from["output_tokens"]),
    cacheReadTokens: count(prompt["cached_tokens"] ?? from["prompt_cache_hit_tokens"] ?? from["cache_read_input_tokens"]),
    cacheWrite5mTokens: count(written["ephemeral_5m_input_tokens"] ?? writes),
    cacheWrite1hTokens: count(written["ephemeral_1h_input_tokens"]),
    reasoningTokens: count(completion["reasoning_tokens"]),
    audioInTokens: count(prompt["audio_tokens"]),
    audioOutTokens: count(completion["audio_tokens"]),
    imageInTokens: count(prompt["image_tokens"]),
    imageOutTokens: count(completion["image_tokens"]),
    providerCost: count(record(from["cost"])["total_cost"] ?? from["cost"]),
    units: searches === undefined ? undefined : { webSearches: searches },
  };
}

function count(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

const nothing: Record<string, unknown> = Object.freeze({});

function record(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : nothing;
}

function sum(a: number | undefined, b: number | undefined): number | undefined {
  return a === undefined && b === undefined ? undefined : (a ?? 0) + (b ?? 0);
}

function present(fields: Record<string, unknown>): Record<string, unknown> | undefined {
  let known: Record<string, unknown> | undefined;
  for (const name in fields) {
    if (fields[name] === undefined) continue;
    known ??= {};
    known[name] = fields[name];
  }
  return known;
}
