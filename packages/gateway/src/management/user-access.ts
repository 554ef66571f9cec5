/** Which users a caller may see, and which it may change. */

import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql as text } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound, type Scope, scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { Database } from "../store/database.ts";
import type { Tables } from "../store/tables.ts";
import { isAdminRole } from "./user-fields.ts";
import type { UserRow } from "./user-row.ts";

/**
 * For the `where` of a query on users: oneself, and who belongs to organizations of the caller. Guests do not: an admin of an organization
 * may add anybody to it, and must not come to rule over them by that.
 */
export function visibleUsers(scope: Scope) {
  return (each: ExpressionBuilder<Tables, "users">): ExpressionWrapper<Tables, "users", SqlBool> => {
    if (scope.all) return text<SqlBool>`true` as never;
    const ways: ExpressionWrapper<Tables, "users", SqlBool>[] = [each("users.user_id", "=", scope.userId ?? "")];
    if (scope.adminOrganizations.length > 0)
      ways.push(
        each(
          "users.user_id",
          "in",
          each
            .selectFrom("organization_members")
            .select("organization_members.user_id")
            .where("organization_id", "in", scope.adminOrganizations)
            .where(notGuest),
        ),
      );
    return each.or(ways);
  };
}

const notGuest = text<SqlBool>`coalesce(organization_members.settings ->> 'guest', '') <> 'true'`;

export function unknownUser(asked: string): GatewayError {
  return notFound("user", asked);
}

/** Everything; as its organization's administrator; or only what everybody may change of oneself. */
export type UserRights = "all" | "organization" | "own";

/** Throws not_found for whom the caller may not know of, forbidden for whom it may only see. */
export async function rightsOver(row: UserRow, { principal }: Pick<Caller, "principal">, sql: Database["sql"]): Promise<UserRights> {
  const scope = scopeOf(principal);
  if (scope.writes) return "all";
  if (row.user_id === scope.userId) return "own";
  const visible = await sql
    .selectFrom("users")
    .select("user_id")
    .where("user_id", "=", row.user_id)
    .where(visibleUsers(scope))
    .executeTakeFirst();
  if (!visible) throw unknownUser(row.user_id);
  if (scope.adminOrganizations.length === 0 || isAdminRole(row.user_role))
    throw forbidden(`You may see the user '${row.user_id}', but not change them. Ask an administrator.`);
  if (await belongsElsewhere(row.user_id, scope, sql))
    throw forbidden(`The user '${row.user_id}' belongs to others, too. Ask an administrator of the gateway.`);
  return "organization";
}

/** Whose organizations and teams are not all the caller's. */
async function belongsElsewhere(userId: string, { adminOrganizations }: Scope, sql: Database["sql"]): Promise<boolean> {
  const organizations = await sql.selectFrom("organization_members").select("organization_id").where("user_id", "=", userId).execute();
  const teams = await sql
    .selectFrom("team_members")
    .innerJoin("teams", "teams.team_id", "team_members.team_id")
    .select("teams.organization_id")
    .where("team_members.user_id", "=", userId)
    .execute();
  return [...organizations, ...teams].some(({ organization_id: id }) => id === null || !adminOrganizations.includes(id));
}

const own: ReadonlySet<string> = new Set(["user_id", "user_email", "user_alias", "password"]);

/** All or nothing: one field that is not allowed refuses the whole change. */
export function refuseFields(rights: UserRights, given: Readonly<Record<string, unknown>>): void {
  if (rights === "all") return;
  for (const field of Object.keys(given)) {
    if (given[field] === undefined) continue;
    if (rights === "own" ? !own.has(field) : field === "spend" || (field === "user_role" && isAdminRole(given[field])))
      throw new GatewayError("forbidden", `You may not set '${field}' of this user. Ask an administrator.`, {
        param: field,
        type: "auth_error",
        code: "field_not_allowed",
      });
  }
}

function forbidden(message: string): GatewayError {
  return new GatewayError("forbidden", message, { type: "auth_error" });
}
