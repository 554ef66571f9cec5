/** What Converse has no place for, as `additionalModelRequestFields`: thinking, `top_k`, and whatever nobody knows. */

import type { ChatRequest } from "../../hub/chat.ts";
import { betasIn, betasOf } from "../anthropic-messages/betas.ts";
import { isObject, objectIn, present, textIn } from "../anthropic-messages/json.ts";
import { thoughtOf } from "../anthropic-messages/thinking.ts";
import type { TranslateContext } from "../dialect.ts";
import { familyOf } from "./family.ts";
import type { JsonObject } from "./wire.ts";

/** Members of the wire that clients write as they are. */
export const ownMembers = [
  "guardrailConfig",
  "performanceConfig",
  "requestMetadata",
  "promptVariables",
  "additionalModelResponseFieldPaths",
];

/** What the translation uses up; every other member of the request is the model's own. */
const consumed = new Set([
  ...ownMembers,
  ...(
    "model messages stream stream_options max_tokens max_completion_tokens temperature top_p top_k stop stop_sequences user metadata tools " +
    "tool_choice parallel_tool_calls functions function_call response_format reasoning_effort thinking web_search_options output_config " +
    "service_tier serviceTier extra_headers additionalModelRequestFields anthropic_beta cache_control outputConfig"
  ).split(" "),
]);

export interface Beside {
  readonly fields: JsonObject;
  /** The model is asked to think: then no tool can be forced. */
  readonly thinking: boolean;
}

/** `maxTokens`: what the client allows for the answer, if anything. */
export function besideFields(context: TranslateContext<"chat">, maxTokens: number | undefined): Beside {
  const { asked } = context;
  const thought = thoughtFields(context, maxTokens);
  const own = Object.entries(asked).filter(
    ([name, value]) => !consumed.has(name) && value !== null && value !== undefined && !(name === "n" && value === 1),
  );
  const fields = { ...Object.fromEntries(own), ...topK(context), ...thought, ...objectIn(asked["additionalModelRequestFields"]) };
  const thinking = objectIn(fields["thinking"])["type"];
  return { fields, thinking: thinking !== undefined && thinking !== "disabled" };
}

/** `anthropic_beta` is a list in the body here, not a header. Empty where there is none. */
export function betaFields(context: TranslateContext<"chat">, fields: JsonObject): JsonObject {
  if (familyOf(context) !== "claude") return {};
  const { asked, settings } = context;
  const told = asked["anthropic_beta"];
  const named = Array.isArray(told) ? told.map(String) : betasIn({ "anthropic-beta": told });
  const betas = [...named, ...betasIn(settings["extra_headers"]), ...betasIn(asked["extra_headers"]), ...betasOf(context, fields)];
  return betas.length > 0 ? { anthropic_beta: [...new Set(betas)] } : {};
}

function topK(context: TranslateContext<"chat">): JsonObject {
  const told = context.asked["top_k"];
  if (told === undefined || told === null) return {};
  const family = familyOf(context);
  return family === "nova" || family === "nova-2" ? { inferenceConfig: { topK: told } } : { top_k: told };
}

const novaEfforts: Readonly<Record<string, string>> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "high",
  max: "high",
};

function thoughtFields(context: TranslateContext<"chat">, maxTokens: number | undefined): JsonObject {
  const { asked } = context;
  const effort = effortOf(asked);
  switch (familyOf(context)) {
    case "claude":
      return claudeThought(context, maxTokens);
    case "nova-2": {
      const level = novaEfforts[effort ?? ""];
      return level ? { reasoningConfig: { type: "enabled", maxReasoningEffort: level } } : {};
    }
    default:
      return { ...(effort !== undefined && effort !== "none" && { reasoning_effort: effort }), ...present({ thinking: asked.thinking }) };
  }
}

function effortOf({ reasoning_effort: told }: ChatRequest): string | undefined {
  return textIn(told) ?? textIn(objectIn(told)["effort"]);
}

const levels = ["low", "medium", "high", "xhigh", "max"];

function claudeThought(context: TranslateContext<"chat">, maxTokens: number | undefined): JsonObject {
  const { asked, facts } = context;
  const { thinking, effort } = thoughtOf(context, maxTokens);
  const ceiling = levels.indexOf(textIn(facts["bedrock_output_config_effort_ceiling"]) ?? "");
  const lowered = effort && ceiling >= 0 && levels.indexOf(effort) > ceiling ? levels[ceiling] : effort;
  const told = isObject(asked["output_config"]) ? asked["output_config"] : {};
  const config = { ...(lowered && { effort: lowered }), ...told };
  return { ...(thinking && { thinking }), ...(Object.keys(config).length > 0 && { output_config: config }) };
}
