/** Forgets calls that are older than they shall be kept: whole days at once, the rest in small steps. The sums stay. */

import type { Clock } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { dropDaysBefore, ensureDays } from "../store/partitions.ts";
import { rowsOf } from "../store/rows-of.ts";
import { dayOf } from "./spooled-call.ts";

const DAY_MS = 86_400_000;
const HOUR_MS = 3_600_000;
/** Rows that one delete takes: nobody waits long for it. */
const SOME_ROWS = 1000;

export interface RetentionOptions {
  readonly database: Database;
  readonly clock: Clock;
  /** Undefined: for ever. */
  readonly keepMs: number | undefined;
  readonly everyMs?: number;
  readonly warn: (fields: object, text: string) => void;
}

/** Keeps at it until the answer is called; also makes the days to come. */
export function startRetention({ database, clock, keepMs, everyMs = HOUR_MS, warn }: RetentionOptions): () => void {
  const tend = (): void => {
    if (database.state !== "connected") return;
    tendDays(database, clock.now(), keepMs).catch((cause: Error) =>
      warn({ error: cause.message }, "old rows of calls could not be removed; it is tried again"),
    );
  };
  const stopWatching = database.watch(tend);
  const stopTicking = clock.every(everyMs, tend);
  return () => {
    stopWatching();
    stopTicking();
  };
}

async function tendDays(database: Database, now: number, keepMs: number | undefined): Promise<void> {
  await ensureDays(database.sql, [dayOf(now), dayOf(now + DAY_MS)]);
  if (keepMs !== undefined) await forgetCalls(database, now - keepMs);
}

const deleteSome = `with old as (select call_id, day from calls where started_at < to_timestamp($1 / 1000.0) limit ${SOME_ROWS})
  delete from calls c using old where c.call_id = old.call_id and c.day = old.day returning 1 as one`;

/** Calls that began before this moment, milliseconds since 1970. */
export async function forgetCalls(database: Database, before: number): Promise<void> {
  await dropDaysBefore(database.sql, dayOf(before));
  for (let gone = SOME_ROWS; gone === SOME_ROWS; ) gone = (await rowsOf(database.sql, deleteSome, [before])).length;
}
