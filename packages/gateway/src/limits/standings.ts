/** Where budgets stand in the calendar: which meters are claimed and charged, worked out once for all calls of a window. */

import type { ChargedMeter } from "./admission.ts";
import { meterId } from "./meters.ts";
import type { BudgetLimit, Limits, Plan } from "./plan.ts";
import type { MeterClaim } from "./purses.ts";
import type { Windows } from "./windows.ts";

export interface Standing {
  /** One a budget. */
  readonly claims: readonly MeterClaim[];
  /** Those that are reserved, and the lifetimes of all others. */
  readonly meters: readonly ChargedMeter[];
}

interface Kept extends Standing {
  readonly from: number;
  readonly until: number;
}

export function createStandings(windows: Windows): (plan: Plan, limits: Limits, now: number) => Standing {
  const kept = new WeakMap<Limits, Kept>();
  return (plan, limits, now) => {
    const known = kept.get(limits);
    // A clock that was set back begins anew, too.
    if (known && now >= known.from && now < known.until) return known;
    const made = standingOf(plan, limits, { windows, now });
    kept.set(limits, made);
    return made;
  };
}

function standingOf({ lifetimes }: Plan, { budgets }: Limits, at: { windows: Windows; now: number }): Kept {
  const claimed = budgets.map((budget) => claimOf(budget, at));
  const claims = claimed.map(({ claim }) => claim);
  const lent: ChargedMeter[] = claims.map(({ meter, until }) => ({ meter, lent: true, until }));
  return {
    claims,
    meters: [...lent, ...lifetimes.filter(({ meter }) => !claims.some((claim) => claim.meter === meter))],
    from: Math.max(0, ...claimed.map(({ from }) => from)),
    until: Math.min(Number.POSITIVE_INFINITY, ...claims.map(({ until }) => until ?? Number.POSITIVE_INFINITY)),
  };
}

function claimOf({ holder, duration, limitNano }: BudgetLimit, { windows, now }: { windows: Windows; now: number }) {
  const { from, until } = windows.at(duration, now);
  const claim: MeterClaim = { meter: meterId(holder, duration, from), limitNano, until };
  return { claim, from };
}
