/** Which projects a caller may see and change: those of its teams. */

import { GatewayError } from "tollgate/parts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { Database } from "../store/database.ts";
import type { ProjectRow } from "./project-row.ts";
import { isAtLeast, type Rank, rankIn, visibleTeams } from "./team-access.ts";

type Sql = Pick<Database["sql"], "selectFrom">;

export async function visibleProjects({ principal }: Caller, sql: Sql): Promise<ProjectRow[]> {
  const scope = scopeOf(principal);
  const query = sql
    .selectFrom("projects")
    .selectAll()
    .$if(!scope.all, (all) =>
      all.where((each) => each("team_id", "in", each.selectFrom("teams").select("teams.team_id").where(visibleTeams(scope)))),
    );
  return query.orderBy("created_at", "desc").orderBy("project_id").execute();
}

/** Throws not_found for what the caller may not know of, forbidden for what it may only see. */
export async function findProject(id: string, { principal }: Caller, needed: Rank, sql: Sql): Promise<ProjectRow> {
  const row = await sql.selectFrom("projects").selectAll().where("project_id", "=", id).executeTakeFirst();
  if (!row) throw notFound("project", id);
  const team =
    row.team_id === null
      ? undefined
      : await sql.selectFrom("teams").select(["team_id", "organization_id"]).where("team_id", "=", row.team_id).executeTakeFirst();
  const rank = rankIn(scopeOf(principal), team ?? { team_id: row.team_id ?? "", organization_id: null });
  if (rank === "stranger") throw notFound("project", id);
  if (isAtLeast(rank, needed)) return row;
  throw new GatewayError("forbidden", `You may see the project '${row.project_alias ?? id}', but this is for an admin of its team.`, {
    param: "project_id",
    type: "auth_error",
  });
}
