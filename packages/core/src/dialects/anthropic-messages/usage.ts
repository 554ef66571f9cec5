/** Token counts of the wire in the house's form, and the sum of what a stream tells bit by bit. */

import type { ChatUsage } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { Usage } from "../../usage.ts";
import { isObject } from "./json.ts";
import type { TokenCounts, WireUsage } from "./wire.ts";

/** Undefined when the reply says nothing about tokens. */
export function usageOf(told: unknown): Usage | undefined {
  if (!isObject(told)) return undefined;
  const wire = told as WireUsage;
  const usage = counts(wire);
  const thinking = wire.output_tokens_details?.thinking_tokens;
  if (typeof thinking === "number") usage.reasoningTokens = thinking;
  const searches = wire.server_tool_use?.web_search_requests;
  if (typeof searches === "number") usage.units = { webSearches: searches };
  if (wire.service_tier) usage.tier = wire.service_tier === "standard" ? "default" : wire.service_tier;
  return usage;
}

/** The reply's form, with what only this dialect tells. */
export function hubUsage(told: unknown): ChatUsage | undefined {
  const usage = usageOf(told);
  if (!usage) return undefined;
  const hub = chatUsage(usage);
  const wire = told as WireUsage;
  for (const name of ["service_tier", "inference_geo", "speed", "iterations"] as const) if (wire[name]) hub[name] = wire[name];
  if (isObject(wire.server_tool_use)) hub["server_tool_use"] = wire.server_tool_use;
  return hub;
}

/** Undefined where none of them tells. */
function sumOver(runs: readonly TokenCounts[], of: (run: TokenCounts) => number | null | undefined): number | undefined {
  let sum: number | undefined;
  for (const run of runs) {
    const told = of(run);
    if (typeof told === "number") sum = (sum ?? 0) + told;
  }
  return sum;
}

/** The totals leave compaction and other runs of the model out; `iterations` lists them all. */
function counts(wire: WireUsage): Usage {
  const runs = Array.isArray(wire.iterations) && wire.iterations.length > 0 ? wire.iterations : [wire];
  const usage: Usage = {};
  const fresh = sumOver(runs, (run) => run.input_tokens);
  const read = sumOver(runs, (run) => run.cache_read_input_tokens);
  const written = sumOver(runs, (run) => run.cache_creation_input_tokens ?? splitSum(run));
  const output = sumOver(runs, (run) => run.output_tokens);
  if (fresh !== undefined || read !== undefined || written !== undefined) {
    usage.inputTokens = (fresh ?? 0) + (read ?? 0) + (written ?? 0);
  }
  if (output !== undefined) usage.outputTokens = output;
  if (read !== undefined) usage.cacheReadTokens = read;
  if (written !== undefined) {
    const hour = sumOver(runs, (run) => run.cache_creation?.ephemeral_1h_input_tokens);
    // A stream's last event repeats the total without the split, so the part that is left over counts as the short one.
    if (hour !== undefined) usage.cacheWrite1hTokens = Math.min(hour, written);
    usage.cacheWrite5mTokens = written - (usage.cacheWrite1hTokens ?? 0);
  }
  return usage;
}

function splitSum(run: TokenCounts): number | undefined {
  const split = run.cache_creation;
  return split ? (split.ephemeral_5m_input_tokens ?? 0) + (split.ephemeral_1h_input_tokens ?? 0) : undefined;
}

/** Input counts come with the first event, output counts with the last; what is told again replaces what was told. */
export class UsageTally {
  #told: WireUsage | undefined;

  add(told: unknown): void {
    if (!isObject(told)) return;
    const said = Object.entries(told).filter(([, value]) => value !== null && value !== undefined);
    this.#told = { ...this.#told, ...Object.fromEntries(said) };
  }

  get usage(): Usage | undefined {
    return usageOf(this.#told);
  }
  get hub(): ChatUsage | undefined {
    return hubUsage(this.#told);
  }
}
