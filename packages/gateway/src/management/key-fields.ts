/** What of a key's request goes where, and how keys are found. */

import { GatewayError } from "tollgate/parts";
import { sha256 } from "../access/key-of.ts";
import type { Database } from "../store/database.ts";
import type { KeyRow } from "./key-row.ts";

export const keyColumns: ReadonlySet<string> = new Set([
  "key_alias",
  "user_id",
  "team_id",
  "organization_id",
  "project_id",
  "budget_id",
  "blocked",
]);

/** Not kept under their own names: they turn into something else. */
export const ownFields: ReadonlySet<string> = new Set([
  "key",
  "duration",
  "spend",
  "send_invite_email",
  "temp_budget_expiry",
  "new_key",
  "new_master_key",
  "grace_period",
]);

/** A key or its hash. */
export function tokenOf(key: string): string {
  return key.startsWith("sk-") ? sha256(key) : key;
}

/** Those that there are, in the order in which they were asked for. */
export async function readKeys(sql: Pick<Database["sql"], "selectFrom">, tokens: readonly string[]): Promise<KeyRow[]> {
  if (tokens.length === 0) return [];
  const found = await sql
    .selectFrom("keys")
    .selectAll()
    .where("token", "in", [...new Set(tokens)])
    .execute();
  const byToken = new Map(found.map((row) => [row.token, row]));
  return tokens.flatMap((token) => byToken.get(token) ?? []);
}

export function aliasTaken(alias: string): GatewayError {
  return new GatewayError("conflict", `The key alias '${alias}' is taken: another key has it. Choose another, or delete that key.`, {
    param: "key_alias",
  });
}

export function keyTaken(): GatewayError {
  return new GatewayError("conflict", "This key exists already. Choose another text, or leave `key` out and one is made.", {
    param: "key",
  });
}
