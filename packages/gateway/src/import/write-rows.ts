/** Puts copied rows and what was spent into our tables, many at once. */

import { sql, type Transaction } from "kysely";
import { nanoOf } from "tollgate/parts";
import { holderOf, meterId } from "../limits/meters.ts";
import { isDuration, type Windows } from "../limits/windows.ts";
import type { Tables } from "../store/tables.ts";
import type { Copied, Copy, SpentThere } from "./copy.ts";

export interface WrittenRows {
  readonly fresh: number;
  readonly replaced: number;
}

export interface WriteOptions {
  readonly inside: Transaction<Tables>;
  readonly windows: Windows;
  readonly now: number;
  /** Rows that are here already become as they are there; otherwise they stay as they are. */
  readonly replace: boolean;
}

type Outcome = "fresh" | "replaced";

export async function writeRows(copy: Copy, copied: readonly Copied[], options: WriteOptions): Promise<WrittenRows> {
  const [first] = copied;
  if (!first) return { fresh: 0, replaced: 0 };
  const outcomes = await insert(copy, Object.keys(first.row), copied, options);
  const spent = (wanted: Outcome): SpentThere[] =>
    copied.flatMap(({ row, spent: there }) => (there && outcomes.get(keyOf(copy, row)) === wanted ? [there] : []));
  await addSpent(spent("fresh"), "sum", options);
  await addSpent(spent("replaced"), "most", options);
  const count = (wanted: Outcome): number => [...outcomes.values()].filter((each) => each === wanted).length;
  return { fresh: count("fresh"), replaced: count("replaced") };
}

function keyOf({ id }: Copy, row: Readonly<Record<string, unknown>>): string {
  return JSON.stringify(id.map((column) => row[column]));
}

async function insert(copy: Copy, columns: readonly string[], copied: readonly Copied[], { inside, replace }: WriteOptions) {
  const table = sql.table(copy.to);
  const refs = (names: readonly string[]) => sql.join(names.map((name) => sql.ref(name)));
  const others = columns.filter((name) => !copy.id.includes(name));
  const set = sql.join(others.map((name) => sql`${sql.ref(name)} = excluded.${sql.ref(name)}`));
  const json = JSON.stringify(copied.map(({ row }) => row));
  const { rows } = await sql<Record<string, unknown> & { is_fresh: boolean }>`
    insert into ${table} (${refs(columns)})
    select ${refs(columns)} from jsonb_populate_recordset(null::${table}, ${json}::jsonb)
    on conflict ${replace ? sql`(${refs(copy.id)}) do update set ${set}` : sql`do nothing`}
    returning ${refs(copy.id)}, (xmax = 0) as is_fresh`.execute(inside);
  return new Map(rows.map((row): [string, Outcome] => [keyOf(copy, row), row.is_fresh ? "fresh" : "replaced"]));
}

/** `sum`: calls may have been charged here before the row came. `most`: what was copied once must not count twice. */
async function addSpent(spent: readonly SpentThere[], how: "sum" | "most", { inside, windows, now }: WriteOptions): Promise<void> {
  const meters = spent.flatMap((there) => metersOf(there, windows, now));
  if (meters.length === 0) return;
  const value = how === "sum" ? sql`meters.spent_nano + excluded.spent_nano` : sql`greatest(meters.spent_nano, excluded.spent_nano)`;
  await sql`
    insert into meters (id, spent_nano, until)
    select id, spent_nano, until from jsonb_populate_recordset(null::meters, ${JSON.stringify(meters)}::jsonb)
    on conflict (id) do update set spent_nano = ${value}`.execute(inside);
}

/** The sum of all times, and the window that is now, unless the spend is of one that is over. */
function metersOf({ level, id, dollars, duration, until }: SpentThere, windows: Windows, now: number) {
  const holder = holderOf(level, id);
  const spent_nano = nanoOf(dollars);
  const total = { id: meterId(holder, undefined, 0), spent_nano, until: null };
  const isOver = until !== null && Date.parse(until) <= now;
  if (duration === undefined || !isDuration(duration) || isOver) return [total];
  const window = windows.at(duration, now);
  const end = window.until === undefined ? null : new Date(window.until).toISOString();
  return [total, { id: meterId(holder, duration, window.from), spent_nano, until: end }];
}
