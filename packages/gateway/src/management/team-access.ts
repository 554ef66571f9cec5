/** Which teams a caller may see, and what it may do with them. */

import { type ExpressionBuilder, type ExpressionWrapper, type Selectable, type SqlBool, sql as text } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound, type Scope, scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { Database } from "../store/database.ts";
import type { Tables, TeamsTable } from "../store/tables.ts";

export type TeamRow = Selectable<TeamsTable>;

/** For the `where` of a query on teams: those that one is in, and those of one's organizations. */
export function visibleTeams(scope: Scope) {
  return (each: ExpressionBuilder<Tables, "teams">): ExpressionWrapper<Tables, "teams", SqlBool> => {
    if (scope.all) return text<SqlBool>`true` as never;
    const ways: ExpressionWrapper<Tables, "teams", SqlBool>[] = [text<SqlBool>`false` as never];
    if (scope.teams.length > 0) ways.push(each("teams.team_id", "in", scope.teams));
    if (scope.adminOrganizations.length > 0) ways.push(each("teams.organization_id", "in", scope.adminOrganizations));
    return each.or(ways);
  };
}

/** From the least to the most: whoever may do something, those above may, too. */
const ranks = ["stranger", "member", "viewer", "admin", "organization", "gateway"] as const;
export type Rank = (typeof ranks)[number];

export function rankIn(scope: Scope, { team_id, organization_id }: Pick<TeamRow, "team_id" | "organization_id">): Rank {
  if (scope.writes) return "gateway";
  if (organization_id !== null && scope.adminOrganizations.includes(organization_id)) return "organization";
  if (scope.adminTeams.includes(team_id)) return "admin";
  if (scope.all) return "viewer";
  return scope.teams.includes(team_id) ? "member" : "stranger";
}

export function isAtLeast(rank: Rank, needed: Rank): boolean {
  return ranks.indexOf(rank) >= ranks.indexOf(needed);
}

export function unknownTeam(asked: string): GatewayError {
  return notFound("team", asked);
}

/** Throws not_found for what the caller may not know of, forbidden for what it may only see. */
export async function findTeam(
  id: string,
  { principal }: Caller,
  needed: Rank,
  sql: Pick<Database["sql"], "selectFrom">,
): Promise<TeamRow> {
  const row = await sql.selectFrom("teams").selectAll().where("team_id", "=", id).executeTakeFirst();
  if (!row) throw unknownTeam(id);
  const rank = rankIn(scopeOf(principal), row);
  if (rank === "stranger") throw unknownTeam(id);
  if (isAtLeast(rank, needed)) return row;
  const whom = needed === "admin" ? "an admin of the team" : "an administrator of its organization or of the gateway";
  throw new GatewayError("forbidden", `You may see the team '${row.team_alias ?? id}', but this is for ${whom}.`, {
    param: "team_id",
    type: "auth_error",
  });
}
