/** Counters of this process alone. */

import type { Clock } from "tollgate/parts";
import type { Claim, Claimed, Counters, Refused } from "./counters.ts";

interface Count {
  used: number;
  readonly from: number;
  /** 0 for held ones, which have no end. */
  readonly until: number;
}

const SWEEP_MS = 60_000;

export interface MemoryCounters extends Counters {
  claim(claims: readonly Claim[]): Claimed | Refused;
  /** How many counts are kept. */
  readonly size: number;
}

export function createMemoryCounters(clock: Clock): MemoryCounters {
  const counts = new Map<string, Count>();
  const stopSweep = clock.every(SWEEP_MS, () => sweep(counts, clock.now()));
  return {
    claim(claims) {
      const now = clock.now();
      for (const claim of claims) {
        const count = current(counts, claim, now);
        const used = count?.used ?? 0;
        if (used + claim.amount > claim.limit) return refused(claim, used, resetOf(claim, count, now));
      }
      const taken = claims.map((claim) => take(counts, claim, now));
      return claimed(counts, claims, taken);
    },
    get size() {
      return counts.size;
    },
    async close() {
      stopSweep();
    },
  };
}

/** A count whose window is over, or begins after now because the clock was set back, counts no more. */
function current(counts: Map<string, Count>, { name, window }: Claim, now: number): Count | undefined {
  const count = counts.get(name);
  if (!count || window === "held") return count;
  return now < count.until && now >= count.from && count.until - count.from === window.lengthMs ? count : undefined;
}

function take(counts: Map<string, Count>, claim: Claim, now: number): Count {
  let count = current(counts, claim, now);
  if (!count) {
    count = { used: 0, from: now, until: claim.window === "held" ? 0 : now + claim.window.lengthMs };
    counts.set(claim.name, count);
  }
  count.used += claim.amount;
  return count;
}

function claimed(counts: Map<string, Count>, claims: readonly Claim[], taken: readonly Count[]): Claimed {
  let settled = false;
  return {
    ok: true,
    left: claims.map((claim, at) => Math.max(0, claim.limit - (taken[at]?.used ?? 0))),
    resetsAt: taken.map((count) => count.until),
    settle(actual) {
      if (settled) return;
      settled = true;
      claims.forEach((claim, at) => {
        const count = taken[at];
        if (count) giveBack(counts, claim, count, actual[at] ?? 0);
      });
    },
  };
}

function giveBack(counts: Map<string, Count>, claim: Claim, count: Count, actual: number): void {
  count.used = Math.max(0, count.used - claim.amount + (claim.window === "held" ? 0 : actual));
  // Nothing is in flight and nothing is counted: as if it had never been claimed.
  if (claim.window === "held" && count.used === 0 && counts.get(claim.name) === count) counts.delete(claim.name);
}

function refused(claim: Claim, used: number, resetsAt: number): Refused {
  return { ok: false, claim, left: Math.max(0, claim.limit - used), resetsAt };
}

function resetOf({ window }: Claim, count: Count | undefined, now: number): number {
  if (window === "held") return 0;
  return count?.until ?? now + window.lengthMs;
}

function sweep(counts: Map<string, Count>, now: number): void {
  for (const [name, { from, until }] of counts) if (until > 0 && (now >= until || now < from)) counts.delete(name);
}
