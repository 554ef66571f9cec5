/** Puts a new key into the store. */

import type { Transaction } from "kysely";
import { nanoOf } from "tollgate/parts";
import { sha256, shownKey } from "../access/key-of.ts";
import type { Caller } from "../http/admin-routes.ts";
import { isDuplicate } from "../store/faults.ts";
import type { Tables } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import { momentAfter } from "./durations.ts";
import { aliasTaken, keyColumns, keyTaken, ownFields } from "./key-fields.ts";
import { textOf } from "./key-row.ts";
import { split } from "./merge.ts";
import { type SpentContext, setSpent } from "./spent.ts";
import { madeBy } from "./stamps.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface NewKey {
  /** The key itself. */
  readonly secret: string;
  readonly owner: "service_account" | { readonly userId: string | null };
}

/** `given`: checked, and filled with defaults. The key has to be announced after the transaction. */
export async function insertKey(
  given: Fields,
  { secret, owner }: NewKey,
  caller: Caller,
  context: SpentContext & { readonly sql: Transaction<Tables> },
) {
  const { sql, now } = context;
  const token = sha256(secret);
  const { columns, settings } = split(given, keyColumns, ownFields);
  const expires = momentAfter(textOf(given["duration"]), now) ?? null;
  const alias = textOf(given["key_alias"]);
  const row = {
    ...columns,
    token,
    key_name: shownKey(secret),
    user_id: owner === "service_account" ? null : owner.userId,
    expires,
    settings: JSON.stringify(owner === "service_account" ? asServiceAccount(settings, alias ?? token) : settings),
    ...madeBy(caller, now),
  };
  try {
    await sql.insertInto("keys").values(row).execute();
  } catch (cause) {
    if (isDuplicate(cause, "keys_key_alias")) throw aliasTaken(alias ?? "");
    if (isDuplicate(cause)) throw keyTaken();
    throw cause;
  }
  await writeAudit(sql, caller, [{ action: "created", table: "keys", id: token, after: { ...columns, settings } }]);
  const spend = given["spend"];
  if (typeof spend === "number" && spend > 0)
    await setSpent({ level: "key", id: token, duration: textOf(given["budget_duration"]) }, nanoOf(spend), context);
  return { token, key_name: row.key_name, expires };
}

function asServiceAccount(settings: Record<string, unknown>, id: string): Record<string, unknown> {
  const metadata = settings["metadata"] as Record<string, unknown> | undefined;
  return { ...settings, metadata: { ...metadata, service_account_id: metadata?.["service_account_id"] ?? id } };
}
