/** Whose activity a caller may ask for by name. What is shown of it is limited by the rows' scope anyway. */

import { GatewayError } from "tollgate/parts";
import type { Principal } from "../access/principal.ts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import { unknownTeam, visibleTeams } from "./team-access.ts";

type Sql = Pick<Database["sql"], "selectFrom">;

/** Administrators may ask for anybody's, also of who is gone; others for their own, or for people within what they administer. */
export function usersAsked(userId: string | undefined, who: Principal): readonly string[] | undefined {
  const { all, userId: own, adminTeams, adminOrganizations } = scopeOf(who);
  const asked = userId ?? (all ? undefined : own);
  if (asked === undefined) return undefined;
  if (all || asked === own || adminTeams.length > 0 || adminOrganizations.length > 0) return [asked];
  throw new GatewayError("forbidden", `You may see your own activity only, not that of '${asked.slice(0, 200)}'.`, {
    param: "user_id",
    type: "auth_error",
  });
}

/** Throws not_found for a team that the caller may not know of. */
export async function requireVisibleTeams(ids: readonly string[] | undefined, who: Principal, sql: Sql): Promise<void> {
  const scope = scopeOf(who);
  if (scope.all || ids === undefined || ids.length === 0) return;
  const rows = await sql.selectFrom("teams").select("team_id").where("team_id", "in", ids).where(visibleTeams(scope)).execute();
  const visible = new Set([...rows.map(({ team_id }) => team_id), who.teamId]);
  const hidden = ids.find((id) => !visible.has(id));
  if (hidden !== undefined) throw unknownTeam(hidden);
}

/** Throws not_found for an organization that the caller neither administers nor belongs to. */
export function requireOwnOrganizations(ids: readonly string[] | undefined, who: Principal): void {
  const { all, adminOrganizations } = scopeOf(who);
  if (all || ids === undefined) return;
  const hidden = ids.find((id) => id !== who.organizationId && !adminOrganizations.includes(id));
  if (hidden !== undefined) throw notFound("organization", hidden);
}
