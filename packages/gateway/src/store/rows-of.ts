/** One statement in our own SQL: for what the query builder would say at greater length. */

import { CompiledQuery } from "kysely";
import type { Database } from "./database.ts";

/** `on`: the database, or a transaction of it. Values come as `$1`, `$2` …, never inside the text. */
export async function rowsOf<Row>(on: Database["sql"], text: string, values: readonly unknown[] = []): Promise<readonly Row[]> {
  const { rows } = await on.executeQuery<Row>(CompiledQuery.raw(text, [...values]));
  return rows;
}
