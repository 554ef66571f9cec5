/** Ends keys: they are gone at once, and their rows are kept aside. */

import type { Transaction } from "kysely";
import type { Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import { chunks } from "./chunks.ts";
import type { KeyRow } from "./key-row.ts";
import { byOf } from "./stamps.ts";

/** In the transaction of whatever ends them; their hashes have to be announced after it. */
export async function endKeys(sql: Transaction<Tables>, rows: readonly KeyRow[], caller: Caller): Promise<string[]> {
  const by = byOf(caller);
  for (const some of chunks(rows)) {
    const tokens = some.map(({ token }) => token);
    const kept = some.map((row) => ({ kind: "key", id: row.token, deleted_by: by, row: JSON.stringify(plainKey(row)) }));
    await sql.insertInto("deleted").values(kept).execute();
    await sql.deleteFrom("keys").where("token", "in", tokens).execute();
    await sql.deleteFrom("rotated_keys").where("active_token", "in", tokens).execute();
    await writeAudit(
      sql,
      caller,
      some.map((row) => ({ action: "deleted", table: "keys", id: row.token, before: plainKey(row) })),
    );
  }
  return rows.map(({ token }) => token);
}

export function plainKey({ settings, ...columns }: KeyRow): Readonly<Record<string, unknown>> {
  return { ...settings, ...columns };
}
