/** `thinking` and `reasoning_effort` on the wire: a budget for older models, adaptive thinking with an effort for newer ones. */

import { GatewayError } from "../../errors.ts";
import type { ModelFacts } from "../../hub/model-facts.ts";
import type { TranslateContext } from "../dialect.ts";
import { objectIn, objectsIn, textIn } from "./json.ts";
import type { WireThinking } from "./wire.ts";

export interface Thought {
  readonly thinking?: WireThinking;
  /** For `output_config.effort`. */
  readonly effort?: string;
}

const LEAST_BUDGET = 1024;
const budgets: Readonly<Record<string, number>> = { minimal: 1024, low: 1024, medium: 2048, high: 4096, xhigh: 8192, max: 16_384 };
const efforts: Readonly<Record<string, string>> = {
  minimal: "low",
  low: "low",
  medium: "medium",
  high: "high",
  xhigh: "xhigh",
  max: "max",
};
const adaptive: WireThinking = { type: "adaptive", display: "summarized" };

/** `maxTokens`: what the client allows for the answer, if anything. */
export function thoughtOf(context: TranslateContext<"chat">, maxTokens: number | undefined): Thought {
  const { asked } = context;
  const effort = textIn(asked.reasoning_effort) ?? textIn(objectIn(asked.reasoning_effort)["effort"]);
  const byEffort = effort === undefined ? {} : thoughtOfEffort(effort, context, maxTokens);
  if (!asked.thinking) return byEffort;
  const told = thoughtOfThinking(asked.thinking, context, maxTokens);
  return { ...told, ...(byEffort.effort && { effort: byEffort.effort }) };
}

function thoughtOfEffort(effort: string, context: TranslateContext<"chat">, maxTokens: number | undefined): Thought {
  if (effort === "none" || effort === "disable") return {};
  const budget = budgets[effort];
  if (budget === undefined) {
    const known = ["none", ...Object.keys(budgets)].join(", ");
    throw new GatewayError("bad_request", `reasoning_effort "${effort}" is not known. Use one of ${known}.`, { param: "reasoning_effort" });
  }
  if (context.facts.supports_adaptive_thinking) return { thinking: adaptive, effort: allowedEffort(effort, context) };
  if (forgotThinking(context)) return {};
  return { thinking: budgeted(budget, maxTokens, 2) };
}

function allowedEffort(effort: string, { facts, dropParams }: TranslateContext<"chat">): string {
  const word = efforts[effort] ?? effort;
  if ((word !== "xhigh" && word !== "max") || takes(facts, word)) return word;
  if (dropParams) return "high";
  throw new GatewayError("bad_request", `This model takes no reasoning_effort "${effort}". Use high or less, or set drop_params: true.`, {
    param: "reasoning_effort",
  });
}

function takes(facts: ModelFacts, effort: string): boolean {
  return facts.reasoning_effort_levels?.includes(effort) ?? facts[`supports_${effort}_reasoning_effort`] === true;
}

/**
 * A budget is part of `max_tokens`, so one that does not fit is cut: to all but a token, or to the share that leaves the answer
 * its part. Undefined where no room is left for thinking.
 */
function budgeted(budget: number, maxTokens: number | undefined, share = 1): WireThinking | undefined {
  if (maxTokens === undefined || budget < maxTokens) return { type: "enabled", budget_tokens: budget };
  if (maxTokens <= LEAST_BUDGET) return undefined;
  return { type: "enabled", budget_tokens: Math.max(LEAST_BUDGET, Math.floor((maxTokens - 1) / share)) };
}

function thoughtOfThinking(told: object, context: TranslateContext<"chat">, maxTokens: number | undefined): Thought {
  const thinking = told as WireThinking;
  const { facts, settings } = context;
  if (thinking.type === "disabled") return facts["thinking_always_on"] === true ? {} : { thinking };
  if (thinking.type === "enabled") {
    if (settings["modify_params"] === true && forgotThinking(context)) return {};
    const onlyAdaptive = facts.supports_adaptive_thinking === true && facts.supports_legacy_thinking !== true;
    return onlyAdaptive ? { thinking: adaptive, effort: effortOfBudget(thinking.budget_tokens) } : { thinking };
  }
  // Where nothing is known of a model, its maker decides.
  const old = facts.supports_reasoning === true && facts.supports_adaptive_thinking !== true;
  if (thinking.type === "adaptive" && old) return { thinking: budgeted(budgets["medium"] ?? LEAST_BUDGET, maxTokens) };
  return { thinking };
}

function effortOfBudget(budget: number | undefined): string | undefined {
  if (budget === undefined) return undefined;
  return budget <= 1024 ? "low" : budget <= 2048 ? "medium" : "high";
}

/**
 * True when the model is in the middle of a turn with tools that began without thinking, or whose thinking the client did not
 * keep: with a budget such a turn is refused.
 */
function forgotThinking({ asked }: TranslateContext<"chat">): boolean {
  const turn = asked.messages.slice(asked.messages.findLastIndex((message) => message.role === "user") + 1);
  const calling = turn.find((message) => message.role === "assistant" && objectsIn(message.tool_calls).length > 0);
  if (!calling) return false;
  const inline = objectsIn(calling.content).some((part) => part["type"] === "thinking" || part["type"] === "redacted_thinking");
  return !inline && objectsIn(calling.thinking_blocks).length === 0;
}
