/** All migrations in their order. A migration that was shipped is never changed: a change is a new one. */

import { firstTables } from "./0001-first-tables.ts";
import { lighterIndexes } from "./0002-lighter-indexes.ts";

export interface Migration {
  readonly name: string;
  readonly sql: string;
}

export const migrations: readonly Migration[] = [
  { name: "0001-first-tables", sql: firstTables },
  { name: "0002-lighter-indexes", sql: lighterIndexes },
];
