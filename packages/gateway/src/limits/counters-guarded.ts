/** Shared counters that may be away: each decision in a box of time, behind a breaker; meanwhile this process counts alone. */

import type { Clock } from "tollgate/parts";
import type { Claim, Counters, Taken } from "./counters.ts";
import type { MemoryCounters } from "./counters-memory.ts";
import type { SharedCounters } from "./counters-redis.ts";

export interface GuardedCounters extends Counters {
  /** `local`: limits hold for this instance alone, until Redis answers again. */
  readonly state: "shared" | "local";
}

export interface GuardedCountersOptions {
  readonly shared: SharedCounters;
  readonly local: MemoryCounters;
  readonly clock: Clock;
  /** Longer than this nobody waits for a decision. */
  readonly timeoutMs?: number;
  /** Told when it changes, with the cause of the worse. */
  readonly onState?: (state: GuardedCounters["state"], cause: unknown) => void;
}

const TIMEOUT_MS = 50;
const FIRST_REST_MS = 500;
const LONGEST_REST_MS = 10_000;

export function createGuardedCounters({ shared, local, clock, timeoutMs = TIMEOUT_MS, onState }: GuardedCountersOptions): GuardedCounters {
  let state: GuardedCounters["state"] = "shared";
  let restMs = FIRST_REST_MS;
  let tryAt = 0;
  const turn = (to: GuardedCounters["state"], cause?: unknown): void => {
    if (to === "local") {
      tryAt = clock.ticks() + restMs;
      restMs = Math.min(restMs * 2, LONGEST_REST_MS);
    } else restMs = FIRST_REST_MS;
    if (state === to) return;
    state = to;
    onState?.(to, cause);
  };
  const attempt = async (claims: readonly Claim[]): Promise<Taken> => {
    try {
      const taken = await inTime(shared.claim(claims), timeoutMs, clock);
      turn("shared");
      return taken;
    } catch (cause) {
      turn("local", cause);
      return local.claim(claims);
    }
  };
  return {
    claim(claims) {
      if (state === "local") {
        if (clock.ticks() < tryAt) return local.claim(claims);
        // One call finds out for all; the others do not wait for it.
        tryAt = Number.POSITIVE_INFINITY;
      }
      return attempt(claims);
    },
    get state() {
      return state;
    },
    async close() {
      await Promise.all([shared.close(), local.close()]);
    },
  };
}

/** Rejects after its time; what is claimed all the same when nobody waits any more is given back. */
function inTime(claim: Promise<Taken>, timeoutMs: number, clock: Clock): Promise<Taken> {
  return new Promise((resolve, reject) => {
    let late = false;
    const alarm = clock.after(timeoutMs, () => {
      late = true;
      reject(new Error(`no answer within ${timeoutMs} ms`));
    });
    claim.then(
      (taken) => {
        alarm.cancel();
        if (!late) resolve(taken);
        else if (taken.ok) taken.settle(taken.left.map(() => 0));
      },
      (cause: unknown) => {
        alarm.cancel();
        reject(cause);
      },
    );
  });
}
