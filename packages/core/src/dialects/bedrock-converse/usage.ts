/** Token counts of the wire in the house's form. */

import type { ChatUsage } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { Usage } from "../../usage.ts";
import { isObject } from "../anthropic-messages/json.ts";
import type { WireUsage } from "./wire.ts";

/** Undefined when the reply says nothing about tokens. `tier`: the service tier that was served. */
export function usageOf(told: unknown, tier?: string): Usage | undefined {
  if (!isObject(told)) return undefined;
  const wire = told as WireUsage;
  const usage: Usage = {};
  const { cacheReadInputTokens: read, cacheWriteInputTokens: written } = wire;
  if (wire.inputTokens !== undefined || read !== undefined || written !== undefined) {
    usage.inputTokens = (wire.inputTokens ?? 0) + (read ?? 0) + (written ?? 0);
  }
  if (wire.outputTokens !== undefined) usage.outputTokens = wire.outputTokens;
  if (read !== undefined) usage.cacheReadTokens = read;
  if (written !== undefined) {
    const hour = hourOf(wire);
    if (hour > 0) usage.cacheWrite1hTokens = Math.min(hour, written);
    usage.cacheWrite5mTokens = written - (usage.cacheWrite1hTokens ?? 0);
  }
  if (tier) usage.tier = tier;
  return usage;
}

function hourOf({ cacheDetails }: WireUsage): number {
  if (!Array.isArray(cacheDetails)) return 0;
  return cacheDetails.filter(({ ttl }) => ttl === "1h").reduce((sum, { inputTokens }) => sum + (inputTokens ?? 0), 0);
}

export function hubUsage(told: unknown): ChatUsage | undefined {
  const usage = usageOf(told);
  return usage && chatUsage(usage);
}
