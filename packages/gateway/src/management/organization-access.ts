/** Which organizations a caller may see, and what it may do with them. */

import { type ExpressionBuilder, type ExpressionWrapper, type SqlBool, sql as text } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound, type Scope, scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { Database } from "../store/database.ts";
import type { Tables } from "../store/tables.ts";
import type { OrganizationRow } from "./organization-row.ts";

/** For the `where` of a query on organizations: those that one belongs to. */
export function visibleOrganizations(scope: Scope) {
  return (each: ExpressionBuilder<Tables, "organizations">): ExpressionWrapper<Tables, "organizations", SqlBool> => {
    if (scope.all) return text<SqlBool>`true` as never;
    const members = each.selectFrom("organization_members").select("organization_members.organization_id");
    const ways = [each("organizations.organization_id", "in", members.where("user_id", "=", scope.userId ?? ""))];
    if (scope.adminOrganizations.length > 0) ways.push(each("organizations.organization_id", "in", scope.adminOrganizations));
    return each.or(ways);
  };
}

/** `see`; change as its administrator; or what is for the gateway's. Throws not_found, forbidden. */
export async function findOrganization(
  id: string,
  { principal }: Caller,
  needed: "see" | "administer" | "gateway",
  sql: Pick<Database["sql"], "selectFrom">,
): Promise<OrganizationRow> {
  const scope = scopeOf(principal);
  const row = await sql
    .selectFrom("organizations")
    .selectAll()
    .where("organization_id", "=", id)
    .where(visibleOrganizations(scope))
    .executeTakeFirst();
  if (!row) throw notFound("organization", id);
  if (needed === "see" || scope.writes || (needed === "administer" && scope.adminOrganizations.includes(id))) return row;
  const whom = needed === "administer" ? "its administrators" : "administrators of the gateway";
  throw new GatewayError("forbidden", `You may see the organization '${row.organization_alias}', but this is for ${whom}.`, {
    param: "organization_id",
    type: "auth_error",
  });
}
