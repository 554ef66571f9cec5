/** Gathers what copying one row may need of others. */

import { createHash } from "node:crypto";
import type { Transaction } from "kysely";
import type { Encryption } from "../secrets/encryption.ts";
import type { ForeignDatabase } from "../store/foreign-server.ts";
import type { Tables } from "../store/tables.ts";
import type { Scene } from "./copy.ts";
import { type Fields, mapOf, said, textOf } from "./fields.ts";
import { createOpen } from "./unseal.ts";

export interface SceneOptions {
  readonly source: ForeignDatabase;
  /** Of the tables that there are. */
  readonly tables: ReadonlySet<string>;
  readonly inside: Transaction<Tables>;
  readonly encryption: Encryption;
  /** What LiteLLM may have encrypted with. */
  readonly secrets: readonly string[];
  readonly now: number;
  readonly note: Scene["note"];
  readonly leftOut: Scene["leftOut"];
}

export async function gatherScene(options: SceneOptions): Promise<Scene> {
  const { inside, encryption, secrets, now, note, leftOut } = options;
  const byColumn = (table: string, column: string) => lookUp(options, table, (row) => [String(row[column]), row]);
  return {
    now: new Date(now).toISOString(),
    budgets: await byColumn("LiteLLM_BudgetTable", "budget_id"),
    permissions: await lookUp(options, "LiteLLM_ObjectPermissionTable", ({ object_permission_id: id, ...row }) => [
      String(id),
      said(row, Object.keys(row)),
    ]),
    aliases: await lookUp(options, "LiteLLM_ModelTable", (row) => [String(row["id"]), mapOf(row["aliases"]) ?? {}]),
    memberships: await lookUp(options, "LiteLLM_TeamMembership", (row) => [`${String(row["team_id"])}/${String(row["user_id"])}`, row]),
    userByMail: await lookUp(options, "LiteLLM_UserTable", (row) => [textOf(row["user_email"])?.toLowerCase(), String(row["user_id"])]),
    taken: await takenNames(inside),
    masterHashes: new Set(secrets.map((secret) => createHash("sha256").update(secret).digest("hex"))),
    open: createOpen(secrets),
    encryption,
    note,
    leftOut,
  };
}

async function lookUp<Value>(
  { source, tables }: SceneOptions,
  table: string,
  entry: (row: Fields) => readonly [key: string | undefined, Value],
): Promise<ReadonlyMap<string, Value>> {
  const found = new Map<string, Value>();
  if (!tables.has(table)) return found;
  for await (const rows of source.rows(table)) {
    for (const row of rows) {
      const [key, value] = entry(row);
      if (key !== undefined && !found.has(key)) found.set(key, value);
    }
  }
  return found;
}

async function takenNames(inside: Transaction<Tables>): Promise<Scene["taken"]> {
  const aliases = await inside.selectFrom("keys").select(["key_alias", "token"]).where("key_alias", "is not", null).execute();
  const users = await inside.selectFrom("users").select(["user_id", "user_email", "sso_user_id"]).execute();
  const named = (name: string | null, id: string): [string, string][] => (textOf(name) === undefined ? [] : [[String(name), id]]);
  return {
    aliases: new Map(aliases.flatMap((row) => named(row.key_alias, row.token))),
    mails: new Map(users.flatMap((row) => named(row.user_email?.toLowerCase() ?? null, row.user_id))),
    signIns: new Map(users.flatMap((row) => named(row.sso_user_id, row.user_id))),
  };
}
