/** A clock that stands still until a test moves it. */

import type { Alarm, Clock } from "tollgate/parts";

export interface FakeClock extends Clock {
  /** Moves time on, running what falls due in its order, each at its own time; between two of them promises get their turn. */
  advance(milliseconds: number): Promise<void>;
  /** Moves time on to the next alarm and runs it; false when none is set. */
  next(): Promise<boolean>;
  /** How many alarms and repetitions are set: none should be left when a call has ended. */
  readonly pending: number;
}

interface Entry {
  at: number;
  readonly wait: number;
  readonly order: number;
  readonly task: () => void;
  readonly repeats: boolean;
}

/** Begins at a date in 2026. */
export function fakeClock(start = 1_790_000_000_000): FakeClock {
  let now = start;
  let count = 0;
  const entries = new Set<Entry>();

  const add = (wait: number, task: () => void, repeats: boolean): Entry => {
    count += 1;
    const entry = { at: now + wait, wait, order: count, task, repeats };
    entries.add(entry);
    return entry;
  };

  const due = (until: number): Entry | undefined => {
    let first: Entry | undefined;
    for (const entry of entries) {
      if (entry.at > until) continue;
      if (!first || entry.at < first.at || (entry.at === first.at && entry.order < first.order)) first = entry;
    }
    return first;
  };

  const run = (entry: Entry): void => {
    now = Math.max(now, entry.at);
    if (entry.repeats) entry.at += Math.max(entry.wait, 1);
    else entries.delete(entry);
    entry.task();
  };

  return {
    now: () => now,
    ticks: () => now - start,
    after(milliseconds, task): Alarm {
      const entry = add(milliseconds, task, false);
      return {
        refresh() {
          entry.at = now + milliseconds;
          entries.add(entry);
        },
        cancel: () => void entries.delete(entry),
      };
    },
    every(milliseconds, task) {
      const entry = add(milliseconds, task, true);
      return () => void entries.delete(entry);
    },
    async advance(milliseconds) {
      const until = now + milliseconds;
      await settled();
      for (let entry = due(until); entry; entry = due(until)) {
        run(entry);
        await settled();
      }
      now = until;
      await settled();
    },
    async next() {
      await settled();
      const entry = due(Number.POSITIVE_INFINITY);
      if (entry) run(entry);
      await settled();
      return entry !== undefined;
    },
    get pending() {
      return entries.size;
    },
  };
}

/** After promises and whatever they set in motion within a few turns of the event loop. */
export async function settled(): Promise<void> {
  for (let turn = 0; turn < 3; turn += 1) await new Promise((resolve) => setImmediate(resolve));
}
