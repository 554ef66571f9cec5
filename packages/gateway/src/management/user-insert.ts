/** Puts new users into the store, with what they belong to. */

import type { Transaction } from "kysely";
import { nanoOf } from "tollgate/parts";
import type { Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import { textOf } from "./key-row.ts";
import { split } from "./merge.ts";
import { type SpentContext, setSpent } from "./spent.ts";
import { madeBy } from "./stamps.ts";
import { emptyAsNull, ownUserFields, userColumns, userTaken } from "./user-fields.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface NewUser {
  readonly id: string;
  /** Checked, and filled with defaults. */
  readonly given: Fields & { readonly user_role: string };
  /** As it is kept. */
  readonly password?: string;
}

export interface InTransaction extends SpentContext {
  readonly sql: Transaction<Tables>;
}

/** The user has to be announced after the transaction. */
export async function insertUser({ id, given, password }: NewUser, caller: Caller, context: InTransaction): Promise<void> {
  const { sql, now } = context;
  const { columns, settings } = split(given, userColumns, ownUserFields);
  const row = {
    ...emptyAsNull(columns),
    user_id: id,
    user_role: given.user_role,
    password: password ?? null,
    settings: JSON.stringify(settings),
    ...madeBy(caller, now),
  };
  try {
    await sql.insertInto("users").values(row).execute();
  } catch (cause) {
    throw userTaken(cause, { ...given, user_id: id });
  }
  await writeAudit(sql, caller, [{ action: "created", table: "users", id, after: { ...columns, settings } }]);
  // Also 0: a user of this id may have been here before.
  await setSpent({ level: "user", id, duration: textOf(given["budget_duration"]) }, nanoOf(Number(given["spend"] ?? 0)), context);
}

export interface TeamPlace {
  readonly team_id: string;
  readonly user_role: "user" | "admin";
  readonly max_budget_in_team?: number | null;
}

export async function insertPlaces(
  id: string,
  { teams, organizations }: { readonly teams: readonly TeamPlace[]; readonly organizations: readonly string[] },
  { sql }: Pick<InTransaction, "sql">,
): Promise<void> {
  if (teams.length > 0)
    await sql
      .insertInto("team_members")
      .values(
        teams.map(({ team_id, user_role, max_budget_in_team: most }) => ({
          team_id,
          user_id: id,
          role: user_role,
          settings: JSON.stringify(typeof most === "number" ? { max_budget_in_team: most } : {}),
        })),
      )
      .execute();
  if (organizations.length > 0)
    await sql
      .insertInto("organization_members")
      .values(organizations.map((organization_id) => ({ organization_id, user_id: id, user_role: "internal_user", settings: "{}" })))
      .execute();
}
