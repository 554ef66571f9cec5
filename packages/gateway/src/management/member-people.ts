/** Users who are to become members: found, or made when nobody knows them. */

import { scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { ManagementParts } from "./parts.ts";
import { withUserDefaults } from "./user-fields.ts";
import { lookForUser, type Person } from "./user-find.ts";
import { type InTransaction, insertUser } from "./user-insert.ts";

export interface Joining {
  readonly userId: string;
  /** Was not there before. */
  readonly isNew: boolean;
}

/** In the transaction that makes them members. */
export async function findOrMakeUser(
  person: Person,
  caller: Caller,
  { newId, settings }: Pick<ManagementParts, "newId" | "settings">,
  context: InTransaction,
): Promise<Joining> {
  const found = await lookForUser(person, context.sql);
  if (found) return { userId: found.user_id, isNew: false };
  const id = person.user_id || newId();
  const given = withUserDefaults(person.user_email ? { user_email: person.user_email } : {}, {
    ...settings,
    defaultUserParams: modest(settings),
  });
  await insertUser({ id, given }, caller, context);
  return { userId: id, isNew: true };
}

/** Nobody becomes an administrator by joining a team. */
function modest({ defaultUserParams }: ManagementParts["settings"]): Readonly<Record<string, unknown>> {
  const role = defaultUserParams["user_role"];
  return role === "internal_user_viewer" ? defaultUserParams : { ...defaultUserParams, user_role: "internal_user" };
}

/** May the caller be told more of a user than its name? */
export function isOwn(joining: Joining, { principal }: Caller): boolean {
  return joining.isNew || scopeOf(principal).all;
}
