/** One statement in our own SQL: for what the query builder would say at greater length. */

import { CompiledQuery } from "kysely";
import type { Database } from "./database.ts";

/** `on`: the database, or a transaction of it. Values come as `$1`, `$2` …, never inside the text. */
export async function rowsOf<Row>(on: Database["sql"], text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const { rows } = await on.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return rows;
}

/** The same for a statement that writes: how many rows it changed. */
export async function changedBy(on: Database["sql"], text: string, values: readonly unknown[] = []): Promise<number> {
  const { numAffectedRows } = await on.executeQuery(CompiledQuery.raw(text, [...values]));
  return Number(numAffectedRows ?? 0);
}
