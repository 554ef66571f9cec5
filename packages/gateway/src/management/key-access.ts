/** Which keys a caller may see, and which it may change. */

import type { ExpressionBuilder, ExpressionWrapper, SqlBool } from "kysely";
import { GatewayError } from "tollgate/parts";
import { shownKey } from "../access/key-of.ts";
import type { Principal } from "../access/principal.ts";
import { notFound, type Scope, scopeOf } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import type { Tables } from "../store/tables.ts";
import type { KeyRow } from "./key-row.ts";

/** For the `where` of a query on keys. */
export function visibleKeys(scope: Scope) {
  return (each: ExpressionBuilder<Tables, "keys">): ExpressionWrapper<Tables, "keys", SqlBool> => {
    if (scope.all) return each.or([each.lit(true)]) as ExpressionWrapper<Tables, "keys", SqlBool>;
    const ways: ExpressionWrapper<Tables, "keys", SqlBool>[] = [each.lit(false) as unknown as ExpressionWrapper<Tables, "keys", SqlBool>];
    if (scope.keyHash) ways.push(each("token", "=", scope.keyHash));
    if (scope.userId) ways.push(each("user_id", "=", scope.userId));
    if (scope.adminTeams.length > 0) ways.push(each("team_id", "in", scope.adminTeams));
    if (scope.adminOrganizations.length > 0) {
      ways.push(each("organization_id", "in", scope.adminOrganizations));
      const teams = each.selectFrom("teams").select("teams.team_id").where("teams.organization_id", "in", scope.adminOrganizations);
      ways.push(each("team_id", "in", teams));
    }
    return each.or(ways) as ExpressionWrapper<Tables, "keys", SqlBool>;
  };
}

type Sql = Pick<Database["sql"], "selectFrom">;

export async function maySee(scope: Scope, row: KeyRow, sql: Sql): Promise<boolean> {
  if (scope.all || row.token === scope.keyHash) return true;
  return (row.user_id !== null && row.user_id === scope.userId) || administers(scope, row, sql);
}

/** Through the key's team, its organization, or the organization of its team. */
async function administers(scope: Scope, { team_id, organization_id }: KeyRow, sql: Sql): Promise<boolean> {
  if (team_id !== null && scope.adminTeams.includes(team_id)) return true;
  if (organization_id !== null && scope.adminOrganizations.includes(organization_id)) return true;
  return team_id !== null && standsUnder(scope, team_id, sql);
}

/** Whether a team belongs to an organization of the caller's. */
export async function standsUnder({ adminOrganizations }: Scope, teamId: string, sql: Sql): Promise<boolean> {
  if (adminOrganizations.length === 0) return false;
  const found = await sql
    .selectFrom("teams")
    .select("team_id")
    .where("team_id", "=", teamId)
    .where("organization_id", "in", adminOrganizations)
    .executeTakeFirst();
  return found !== undefined;
}

export interface ChangeOf {
  readonly asked: string;
  readonly route: string;
  readonly sql: Sql;
}

/** Throws not_found for what the caller may not know of, forbidden for what it may only see. `route` is what a team's members are granted. */
export async function requireChange(who: Principal, row: KeyRow, { asked, route, sql }: ChangeOf): Promise<void> {
  const scope = scopeOf(who);
  if (scope.writes) return;
  if (await administers(scope, row, sql)) return;
  const granted = row.team_id !== null && row.team_id === who.teamId && (who.teamPermissions ?? []).includes(route);
  if (granted) return;
  if (row.team_id === null && row.user_id !== null && row.user_id === scope.userId && who.role === "internal_user") return;
  if (!(await maySee(scope, row, sql))) throw unknownKey(asked);
  throw new GatewayError("forbidden", `You may see this key, but ${route} on it is not allowed to you. Ask an admin of its team.`, {
    type: "auth_error",
  });
}

/** `asked`: a key, its hash or its alias; a key itself is not repeated. */
export function unknownKey(asked: string): GatewayError {
  return notFound("key", asked.startsWith("sk-") ? shownKey(asked) : asked);
}
