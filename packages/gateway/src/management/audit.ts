/** Writes down who changed what. */

import type { Caller } from "../http/admin-routes.ts";
import type { Database } from "../store/database.ts";
import { chunks } from "./chunks.ts";
import type { AuditEntry } from "./parts.ts";

/** `sql`: the transaction in which the change is made, so that neither is there without the other. */
export async function writeAudit(sql: Pick<Database["sql"], "insertInto">, caller: Caller, entries: readonly AuditEntry[]): Promise<void> {
  const { principal } = caller;
  const rows = entries.map((entry) => ({
    changed_by: caller.changedBy ?? principal.userId ?? principal.name,
    changed_by_api_key: principal.keyHash ?? null,
    action: entry.action,
    table_name: entry.table,
    object_id: entry.id,
    before_value: entry.before ? JSON.stringify(entry.before) : null,
    updated_values: entry.after ? JSON.stringify(entry.after) : null,
  }));
  for (const some of chunks(rows)) await sql.insertInto("audit").values(some).execute();
}
