/** What of the reply headers about a key is the same for all of its calls. */

import type { Subject } from "../access/principal.ts";
import { dollars } from "../texts/number-texts.ts";
import { holderOf, lifetimeMeter } from "./meters.ts";

export interface KeyShown {
  /** Its limits, as names and values. */
  readonly rates: readonly string[];
  /** Of its first budget, in dollars. */
  readonly budget?: string;
  /** What the id of that budget's meter begins with. */
  readonly meterStart?: string;
  readonly lifetime: string;
}

export function keyShown(key: Subject | undefined): KeyShown | undefined {
  if (!key) return undefined;
  const { requestsPerMinute, tokensPerMinute, budgets } = key.limits;
  const rates: string[] = [];
  if (requestsPerMinute !== undefined) rates.push("x-litellm-key-rpm-limit", String(requestsPerMinute));
  if (tokensPerMinute !== undefined) rates.push("x-litellm-key-tpm-limit", String(tokensPerMinute));
  const lifetime = lifetimeMeter(key.level, key.id);
  const [budget] = budgets;
  if (!budget) return { rates, lifetime };
  return {
    rates,
    lifetime,
    budget: dollars(budget.limitNano),
    meterStart: `${holderOf(key.level, key.id)}|${budget.duration ?? "total"}|`,
  };
}
