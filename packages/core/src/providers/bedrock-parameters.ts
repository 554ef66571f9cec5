/** Which of OpenAI's parameters a Bedrock model takes, by its API and its family. */

import type { Family } from "../dialects/bedrock-converse/family.ts";
import type { InvokeFamily } from "../dialects/bedrock-invoke/families.ts";
import type { ModelFacts } from "../hub/model-facts.ts";

const converse =
  "max_tokens stream temperature top_p max_completion_tokens parallel_tool_calls requestMetadata response_format service_tier stop stream_options";
const plain = "max_tokens max_completion_tokens stream stream_options temperature top_p";

const set = (...lists: readonly string[]): Set<string> => new Set(lists.join(" ").split(" "));

/** `model`: its bare id. */
export function converseParameters(family: Family, facts: ModelFacts, model = ""): ReadonlySet<string> {
  const unknown = facts.mode === undefined;
  const words = set(converse);
  if (facts.supports_function_calling !== false) words.add("tools");
  if (facts["supports_tool_choice"] === true || (unknown && family !== "other")) words.add("tool_choice");
  const reasons = facts.supports_reasoning === true || unknown;
  if (family === "claude" && reasons)
    for (const word of ["reasoning_effort", "thinking", "output_config", "context_management"]) words.add(word);
  if ((family === "gpt-oss" || family === "nova-2") && reasons) words.add("reasoning_effort");
  if (family === "nova" || family === "nova-2") words.add("web_search_options");
  // Cohere's models have them under the same names, among their own fields.
  if (model.startsWith("cohere.command")) for (const word of ["frequency_penalty", "presence_penalty", "seed"]) words.add(word);
  return words;
}

const invoke: Readonly<Partial<Record<InvokeFamily, string>>> = {
  titan: `${plain} stop`,
  llama: plain,
  "mistral-text": `${plain} stop`,
  command: `${plain} stop n`,
  "command-r": `${plain} stop frequency_penalty presence_penalty n seed`,
  jurassic: `${plain} stop n frequency_penalty presence_penalty`,
  "deepseek-text": `${plain} stop`,
  qwen: plain,
  pegasus: "max_tokens max_completion_tokens temperature response_format",
};

/** Undefined: all, the family speaks OpenAI's own wire. */
export function invokeParameters(family: InvokeFamily, facts: ModelFacts): ReadonlySet<string> | undefined {
  if (family === "nova") return converseParameters("nova", facts);
  const list = invoke[family];
  return list === undefined ? undefined : set(list);
}
