/** `/global/activity/exceptions`: calls that failed, day by day and by what was wrong. From the rows: sums by day do not know the kind. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { named } from "./activity.ts";
import { type Days, daysOf, type Scope } from "./where.ts";

export interface ExceptionsAsked {
  /** Bounds what is read. */
  readonly days: Days & { readonly from: string };
  readonly modelGroup?: string;
  readonly scope?: Scope;
}

interface Row {
  readonly day: string;
  readonly kind: string;
  readonly count: number;
  readonly limited: number;
}

export async function exceptions(database: Database, { days, modelGroup, scope }: ExceptionsAsked) {
  const where = daysOf(days).visible(scope).and("status = ?", "failure").and("coalesce(model_group, model) = ?", modelGroup);
  const text = `select day, coalesce(error_kind, 'unknown') as kind, count(*)::float8 as count,
      (count(*) filter (where http_status = 429))::float8 as limited
    from calls ${where.text} group by 1, 2 order by 1, 3 desc, 2`;
  const byDay = new Map<string, Row[]>();
  const rows = await rowsOf<Row>(database.sql, text, where.values);
  for (const row of rows) byDay.set(row.day, [...(byDay.get(row.day) ?? []), row]);
  return {
    daily_data: [...byDay].map(([day, some]) => ({ date: named(day), ...counted(some), exceptions: byKind(some) })),
    sum_num_rate_limit_exceptions: counted(rows).num_rate_limit_exceptions,
    sum_num_exceptions: counted(rows).num_exceptions,
    exceptions: byKind(rows),
  };
}

function counted(rows: readonly Row[]) {
  return {
    num_rate_limit_exceptions: rows.reduce((sum, { limited }) => sum + limited, 0),
    num_exceptions: rows.reduce((sum, { count }) => sum + count, 0),
  };
}

function byKind(rows: readonly Row[]): Readonly<Record<string, number>> {
  const kinds = new Map<string, number>();
  for (const { kind, count } of rows) kinds.set(kind, (kinds.get(kind) ?? 0) + count);
  return Object.fromEntries(kinds);
}
