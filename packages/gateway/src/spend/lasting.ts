/** Calls that last: after some seconds the books have a first row of them, so that a crash does not lose what they cost. */

import type { Clock } from "tollgate/parts";
import { type Placed, UnderWay } from "../under-way.ts";
import type { LedgerEntry } from "./ledger.ts";

export interface Lasting {
  /** `entry` is asked for once the call has lasted; the answer is told when it is over. */
  add(entry: () => LedgerEntry): () => void;
  close(): void;
}

interface Young extends Placed {
  readonly sinceTicks: number;
  readonly entry: () => LedgerEntry;
}

const LASTS_MS = 2_000;
const LOOK_MS = 500;

export function createLasting(clock: Clock, begun: (entry: LedgerEntry) => void): Lasting {
  const young = new UnderWay<Young>();
  const stop = clock.every(LOOK_MS, () => {
    const now = clock.ticks();
    for (const call of young.all) {
      if (now - call.sinceTicks < LASTS_MS) continue;
      young.remove(call);
      begun(call.entry());
    }
  });
  return {
    add(entry) {
      const call: Young = { place: -1, sinceTicks: clock.ticks(), entry };
      young.add(call);
      return () => young.remove(call);
    },
    close: stop,
  };
}
