/** OpenAI's parameters under the names of servers that continue a text: one table a dialect, what nobody knows travels on. */

import type { ChatRequest } from "../hub/chat.ts";

/** What dialects say in other ways, each for itself, or what only OpenAI understands. */
const translated = new Set(
  (
    "model messages stream stream_options user metadata tools tool_choice parallel_tool_calls functions function_call response_format " +
    "reasoning_effort thinking modalities audio prediction web_search_options store service_tier"
  ).split(" "),
);

/** `names`: OpenAI's name → theirs, of two that mean the same the later wins. `lists`: parameters that are lists there. */
export function generationParameters(
  asked: ChatRequest,
  names: Readonly<Record<string, string>>,
  lists: readonly string[] = ["stop"],
): Record<string, unknown> {
  const told: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(asked)) {
    if (value === null || value === undefined || names[name] !== undefined || translated.has(name)) continue;
    told[name] = value;
  }
  for (const [name, theirs] of Object.entries(names)) {
    const value = asked[name];
    if (value !== null && value !== undefined) told[theirs] = lists.includes(name) && !Array.isArray(value) ? [value] : value;
  }
  return told;
}
