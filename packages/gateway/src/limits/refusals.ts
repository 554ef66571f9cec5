/** What a client is told whose call does not fit into a limit: which one, whose, its number, and when to come back. */

import { GatewayError } from "tollgate/parts";
import { dollars } from "../texts/number-texts.ts";
import type { Refused } from "./counters.ts";
import { type BudgetLimit, nameOf, type RateLimit } from "./plan.ts";
import type { Short } from "./purses.ts";

/** A call in flight ends sooner or later; nobody knows when. */
const PARALLEL_RETRY_MS = 1_000;

const kinds: Readonly<Record<RateLimit["kind"], { readonly of: string; readonly setting: string }>> = {
  requests: { of: "requests", setting: "rpm_limit" },
  tokens: { of: "tokens", setting: "tpm_limit" },
  parallel: { of: "parallel requests", setting: "max_parallel_requests" },
};

export function limitReached(limit: RateLimit, { left, resetsAt }: Refused, now: number): GatewayError {
  const { kind, claim, per } = limit;
  const { of, setting } = kinds[kind];
  const waitMs = kind === "parallel" ? PARALLEL_RETRY_MS : Math.max(0, resetsAt - now);
  const reset = kind === "parallel" ? "as soon as one of its calls is over" : new Date(resetsAt).toISOString();
  const span = per === "day" ? " a day" : "";
  return new GatewayError(
    "limit_reached",
    `Rate limit exceeded for ${nameOf(limit)}. Limit type: ${of}${span}. Current limit: ${claim.limit}, remaining: ${left}. Limit resets at: ${reset}. ` +
      `Wait, or have its ${setting} raised.`,
    { retryAfterMs: waitMs, replyHeaders: rateHeaders(limit, left, waitMs, resetsAt) },
  );
}

function rateHeaders({ kind, claim }: RateLimit, left: number, waitMs: number, resetsAt: number): Readonly<Record<string, string>> {
  const headers: Record<string, string> = { rate_limit_type: kind };
  if (kind === "parallel") return headers;
  headers["reset_at"] = String(Math.ceil(resetsAt / 1000));
  headers[`x-ratelimit-limit-${kind}`] = String(claim.limit);
  headers[`x-ratelimit-remaining-${kind}`] = String(left);
  headers[`x-ratelimit-reset-${kind}`] = seconds(waitMs);
  return headers;
}

/** As OpenAI writes it: `42s`. */
export function seconds(ms: number): string {
  return `${Math.max(0, Math.ceil(ms / 1000))}s`;
}

export interface BudgetRefusal {
  readonly budget: BudgetLimit;
  readonly short: Short;
  /** What the call may cost. */
  readonly nano: number;
  readonly status?: number;
}

export function budgetExceeded({ budget, short, nano, status }: BudgetRefusal): GatewayError {
  const { duration, limitNano } = budget;
  const { until } = short.claim;
  const window = duration === undefined ? "" : ` (${duration}${until === undefined ? "" : `, until ${new Date(until).toISOString()}`})`;
  const why =
    short.leftNano > 0
      ? `This call may cost up to $${dollars(nano)}, and only $${dollars(short.leftNano)} of it can still be reserved: ask for fewer tokens, or have its max_budget raised.`
      : `Have its max_budget raised${duration === undefined ? "." : ", or wait for the next window."}`;
  return new GatewayError(
    "budget_exceeded",
    `Budget has been exceeded! Current cost: ${dollars(short.spentNano)}, Max budget: ${dollars(limitNano)}. It is the budget of ${nameOf(budget)}${window}. ${why}`,
    { status, replyHeaders: { "x-should-retry": "false" } },
  );
}
