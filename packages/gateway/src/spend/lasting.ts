/** Calls that last: after some seconds the books have a first row of them, so that a crash does not lose what they cost. */

import type { Clock } from "tollgate/parts";
import type { LedgerEntry } from "./ledger.ts";

export interface Lasting {
  /** `entry` is asked for once the call has lasted; the answer is told when it is over. */
  add(entry: () => LedgerEntry): () => void;
  close(): void;
}

interface Under {
  readonly sinceTicks: number;
  readonly entry: () => LedgerEntry;
}

const LASTS_MS = 2_000;
const LOOK_MS = 500;

export function createLasting(clock: Clock, begun: (entry: LedgerEntry) => void): Lasting {
  // In the order of their begin: whoever looks stops at the first young one.
  const young = new Set<Under>();
  const stop = clock.every(LOOK_MS, () => {
    for (const call of young) {
      if (clock.ticks() - call.sinceTicks < LASTS_MS) return;
      young.delete(call);
      begun(call.entry());
    }
  });
  return {
    add(entry) {
      const call = { sinceTicks: clock.ticks(), entry };
      young.add(call);
      return () => void young.delete(call);
    },
    close: stop,
  };
}
