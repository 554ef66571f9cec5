/** Finds people as requests name them: by id or by mail address. */

import { sql as text } from "kysely";
import type { Database } from "../store/database.ts";
import { unknownUser } from "./user-access.ts";
import type { UserRow } from "./user-row.ts";

export interface Person {
  readonly user_id?: string | null;
  readonly user_email?: string | null;
}

/** The id counts where both are given. Mail addresses are the same in capitals. */
export async function lookForUser(person: Person, sql: Pick<Database["sql"], "selectFrom">): Promise<UserRow | undefined> {
  const { user_id: id, user_email: mail } = person;
  if (id) return sql.selectFrom("users").selectAll().where("user_id", "=", id).executeTakeFirst();
  if (!mail) return undefined;
  return sql.selectFrom("users").selectAll().where(text`lower(user_email)`, "=", text`lower(${mail})`).executeTakeFirst();
}

/** Throws not_found. */
export async function findUser(person: Person, sql: Pick<Database["sql"], "selectFrom">): Promise<UserRow> {
  const row = await lookForUser(person, sql);
  if (!row) throw unknownUser(person.user_id || person.user_email || "");
  return row;
}
