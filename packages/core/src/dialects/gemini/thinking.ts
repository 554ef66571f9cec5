/** How long to think: reasoning_effort and thinking → thinkingConfig. Source: ai.google.dev/gemini-api/docs/thinking. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest } from "../../hub/chat.ts";
import type { ModelFacts } from "../../hub/model-facts.ts";
import { type ModelVersion, modelVersion } from "./model-version.ts";
import type { WireThinking } from "./wire.ts";

/** Tokens; the same numbers that LiteLLM's users know. */
const budgets: Readonly<Record<string, number>> = { low: 1024, medium: 2048, high: 4096, xhigh: 4096, max: 4096 };
const least: Readonly<Record<string, number>> = { flash: 1, "flash-lite": 512 };
/** Gemini 2.5 Pro cannot be told not to think. */
const LEAST_OTHERS = 128;

export function thinkingConfig(asked: ChatRequest, model: string, facts: ModelFacts): WireThinking | undefined {
  const effort = effortOf(asked);
  const { thinking } = asked;
  if (effort !== undefined && thinking) {
    throw new GatewayError("bad_request", "reasoning_effort and thinking both say how long to think. Send one of them.", {
      param: "thinking",
    });
  }
  const version = modelVersion(model);
  if (effort !== undefined) return byEffort(effort, version, facts);
  if (!thinking) return undefined;
  if (thinking.type === "disabled") return byEffort("none", version, facts);
  const budget = thinking.budget_tokens;
  return { includeThoughts: budget !== 0, ...(typeof budget === "number" && { thinkingBudget: budget }) };
}

function effortOf({ reasoning_effort: told }: ChatRequest): string | undefined {
  const effort = told !== null && typeof told === "object" ? told.effort : told;
  return effort ?? undefined;
}

function byEffort(effort: string, version: ModelVersion | undefined, facts: ModelFacts): WireThinking {
  if (effort === "auto" || effort === "default") return { includeThoughts: true };
  const off = effort === "none" || effort === "disable";
  if (!off && effort !== "minimal" && budgets[effort] === undefined) {
    throw new GatewayError("bad_request", `reasoning_effort "${effort}" is unknown here. Use none, minimal, low, medium or high.`, {
      param: "reasoning_effort",
    });
  }
  if (version && version.major >= 3) return { thinkingLevel: levelOf(off ? "minimal" : effort, version, facts), includeThoughts: !off };
  return { thinkingBudget: budgetOf(effort, off, version), includeThoughts: !off };
}

/** Pro models have no level minimal, and Gemini 3 Pro no level medium: the next that they have is taken. */
function levelOf(effort: string, version: ModelVersion, facts: ModelFacts): string {
  const flash = version.tier === "flash" || version.tier === "flash-lite";
  if (effort === "minimal") return flash && facts["supports_minimal_reasoning_effort"] !== false ? "minimal" : "low";
  if (effort === "low") return "low";
  if (effort !== "medium") return "high";
  const firstPro = version.major === 3 && version.minor === 0 && !flash;
  return firstPro ? "high" : "medium";
}

function budgetOf(effort: string, off: boolean, version: ModelVersion | undefined): number {
  if (off) return version?.tier === "pro" ? LEAST_OTHERS : 0;
  return budgets[effort] ?? least[version?.tier ?? ""] ?? LEAST_OTHERS;
}
