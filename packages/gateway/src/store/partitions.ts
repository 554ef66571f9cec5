/** The table of calls is kept by day: days are made when they are needed, and dropped whole when they are too old. */

import { type Kysely, sql, type Transaction } from "kysely";
import type { Tables } from "./tables.ts";

/** Any number, the same for everybody who makes or drops a day of this database. */
const lock = 7_450_018_254;

/**
 * Makes the days that are missing (`2026-11-22`, UTC): ahead of time from a job, and by whoever is about to write rows of other days.
 * Outside a transaction. One quick query when nothing is missing.
 */
export async function ensureDays(database: Kysely<Tables>, days: readonly string[]): Promise<void> {
  if ((await missingDays(database, days)).length === 0) return;
  await database.transaction().execute((inside) => makeDays(inside, days));
}

/** The same inside a transaction. */
export async function makeDays(inside: Transaction<Tables>, days: readonly string[]): Promise<void> {
  await sql`select pg_advisory_xact_lock(${sql.lit(lock)})`.execute(inside);
  for (const day of await missingDays(inside, days)) {
    const table = sql.table(nameOf(day));
    // Made apart and then attached: made in place it would wait for every report that is reading, and everybody else for it.
    await sql`create table ${table} (like calls including defaults)`.execute(inside);
    await sql`alter table calls attach partition ${table} for values from (${sql.lit(day)}) to (${sql.lit(dayAfter(day))})`.execute(inside);
  }
}

/** Drops all days before this one; answers which. Outside a transaction. */
export async function dropDaysBefore(database: Kysely<Tables>, day: string): Promise<readonly string[]> {
  const old = (await daysOf(database)).filter((each) => each < day);
  for (const each of old) {
    await database.transaction().execute(async (inside) => {
      await sql`select pg_advisory_xact_lock(${sql.lit(lock)})`.execute(inside);
      // Rather tried again at the next round than everybody made to wait behind a long report.
      await sql`set local lock_timeout = '5s'`.execute(inside);
      await sql`drop table if exists ${sql.table(nameOf(each))}`.execute(inside);
    });
  }
  return old;
}

/** The days that there are, in their order. */
export async function daysOf(database: Kysely<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
    where i.inhparent = 'calls'::regclass order by 1`.execute(database);
  return rows.map(({ name }) => name.replace(/^calls_(\d{4})(\d\d)(\d\d)$/, "$1-$2-$3"));
}

/** Asks the catalog itself: `to_regclass` looks into a cache that may not know what another just made. */
async function missingDays(database: Kysely<Tables>, days: readonly string[]): Promise<readonly string[]> {
  const wanted = [...new Set(days)].sort();
  const { rows } = await sql<{ day: string }>`
    select day from unnest(${wanted}::text[]) as day where not exists (
      select 1 from pg_class where relnamespace = current_schema()::regnamespace and relname = 'calls_' || replace(day, '-', '')
    ) order by 1`.execute(database);
  return rows.map(({ day }) => day);
}

function nameOf(day: string): string {
  return `calls_${day.replaceAll("-", "")}`;
}

const dayMs = 86_400_000;

/** The UTC day of a moment, in milliseconds since 1970. */
export function dayOf(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

function dayAfter(day: string): string {
  return dayOf(Date.parse(`${day}T00:00:00Z`) + dayMs);
}
