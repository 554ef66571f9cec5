/** Sums over many groups at once, with the memory that they need: without it PostgreSQL sorts on its disk, which takes several times longer. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";

/** Reports are few; this is for one of them. */
const MEMORY = "64MB";

export function bigSums<Row>(database: Database, text: string, values: readonly unknown[]): Promise<readonly Row[]> {
  return database.sql.transaction().execute(async (on) => {
    await rowsOf(on, "select set_config('work_mem', $1, true)", [MEMORY]);
    return rowsOf<Row>(on, text, values);
  });
}
