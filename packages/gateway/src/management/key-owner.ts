/** Who may make a key for whom, and for which team, project and organization. */

import { GatewayError } from "tollgate/parts";
import type { Principal } from "../access/principal.ts";
import { notFound, type Scope, scopeOf } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import { standsUnder } from "./key-access.ts";
import { requireExisting } from "./key-draft.ts";
import { refuseWider } from "./narrower.ts";
import type { ManagementParts } from "./parts.ts";
import { rightsOver, unknownUser } from "./user-access.ts";
import { isAdminRole } from "./user-fields.ts";

type Fields = Readonly<Record<string, unknown>>;
type Sql = Database["sql"];

/** Throws forbidden, not_found, bad_request. Answers with the user that the key will belong to. */
export async function ownerOf(who: Principal, given: Fields, route: string, parts: ManagementParts): Promise<string | null> {
  const scope = scopeOf(who);
  const { sql } = parts.database;
  const userId = textOf(given["user_id"]);
  if (scope.writes) {
    await requireExisting(given, sql);
    return userId ?? null;
  }
  if (given["key"] !== undefined) throw forbidden("Only an administrator may choose a key's text: leave `key` out, and one is made.");
  refuseWider(who, given);
  const teamId = textOf(given["team_id"]);
  const owner = teamId === undefined ? await personal(who, given, parts) : await ofTeam(who, teamId, given, { route, sql });
  await requireOwnProject(scope, given, sql);
  await requireExisting(given, sql);
  return owner;
}

async function ofTeam(who: Principal, teamId: string, given: Fields, { route, sql }: { route: string; sql: Sql }): Promise<string | null> {
  const scope = scopeOf(who);
  const userId = textOf(given["user_id"]);
  const organizationId = textOf(given["organization_id"]);
  const rules = scope.adminTeams.includes(teamId) || (await standsUnder(scope, teamId, sql));
  if (!rules) requireGrant(who, teamId, route);
  const team = await sql.selectFrom("teams").select("organization_id").where("team_id", "=", teamId).executeTakeFirst();
  // A key spends for its organization: it must not be somebody else's.
  if (organizationId !== undefined && organizationId !== team?.organization_id) throw notFound("organization", organizationId);
  if (userId === undefined) return rules ? null : (scope.userId ?? null);
  if (userId === scope.userId) return userId;
  if (!rules) throw forbidden("You may make keys for yourself only. Ask an admin of the team.");
  const member = await sql
    .selectFrom("team_members")
    .select("user_id")
    .where("team_id", "=", teamId)
    .where("user_id", "=", userId)
    .executeTakeFirst();
  if (!member) throw unknownUser(userId);
  await requireNoMore(who, userId, sql);
  return userId;
}

function requireGrant(who: Principal, teamId: string, route: string): void {
  if (!scopeOf(who).teams.includes(teamId)) throw notFound("team", teamId);
  if (who.teamId === teamId && (who.teamPermissions ?? []).includes(route)) return;
  throw forbidden(`Members of this team may not call ${route}. Its admins can grant it with /team/permissions_update.`);
}

async function personal(who: Principal, given: Fields, { settings, database: { sql } }: ManagementParts): Promise<string> {
  const scope = scopeOf(who);
  const userId = textOf(given["user_id"]) ?? scope.userId;
  const organizationId = textOf(given["organization_id"]);
  const rules = organizationId !== undefined && scope.adminOrganizations.includes(organizationId);
  const own = scope.userId === undefined ? [] : await organizationsOf(scope.userId, sql);
  if (organizationId !== undefined && !rules && !own.includes(organizationId)) throw notFound("organization", organizationId);
  if (settings.personalKeysDisabled)
    throw forbidden("Personal keys are not made here (default_team_disabled). Name a team of yours in team_id.");
  if (userId === undefined || scope.userId === undefined)
    throw forbidden("A key that belongs to no user makes no keys. Ask an administrator.");
  if (userId !== scope.userId) {
    if (!rules) throw forbidden("You may make keys for yourself only.");
    await requireRuledOver(who, userId, sql);
  } else if (organizationId === undefined && own.length > 1)
    // Else it would spend for none of them. Whoever is in one spends for that one: see people.ts.
    throw new GatewayError("bad_request", `You belong to several organizations: name in organization_id for which one the key is.`, {
      param: "organization_id",
    });
  return userId;
}

/** Those that somebody belongs to; guests do not. */
async function organizationsOf(userId: string, sql: Sql): Promise<readonly string[]> {
  const rows = await sql.selectFrom("organization_members").select(["organization_id", "settings"]).where("user_id", "=", userId).execute();
  return rows.filter(({ settings }) => settings["guest"] !== true).map((row) => row.organization_id);
}

async function requireRuledOver(who: Principal, userId: string, sql: Sql): Promise<void> {
  const row = await sql.selectFrom("users").selectAll().where("user_id", "=", userId).executeTakeFirst();
  if (!row) throw unknownUser(userId);
  await rightsOver(row, { principal: who }, sql);
  await requireNoMore(who, userId, sql);
}

/** A project lends its budget to its team's keys only. */
async function requireOwnProject(scope: Scope, given: Fields, sql: Sql): Promise<void> {
  const projectId = textOf(given["project_id"]);
  if (projectId === undefined) return;
  const project = await sql.selectFrom("projects").select("team_id").where("project_id", "=", projectId).executeTakeFirst();
  const teamId = project?.team_id ?? undefined;
  const known = teamId !== undefined && (scope.teams.includes(teamId) || (await standsUnder(scope, teamId, sql)));
  if (!known || teamId !== textOf(given["team_id"])) throw notFound("project", projectId);
}

/**
 * A key acts with the rights of its user: whoever learns a key of somebody with more rights has them. Throws forbidden unless the user
 * administers nothing that the caller does not.
 */
export async function requireNoMore(who: Principal, userId: string, sql: Sql): Promise<void> {
  const scope = scopeOf(who);
  if (scope.writes || userId === scope.userId) return;
  const user = await sql.selectFrom("users").select("user_role").where("user_id", "=", userId).executeTakeFirst();
  const teams = await sql.selectFrom("team_members").select("team_id").where("user_id", "=", userId).where("role", "=", "admin").execute();
  const organizations = await sql
    .selectFrom("organization_members")
    .select("organization_id")
    .where("user_id", "=", userId)
    .where("user_role", "=", "org_admin")
    .execute();
  let more = user !== undefined && isAdminRole(user.user_role);
  more ||= organizations.some(({ organization_id: id }) => !scope.adminOrganizations.includes(id));
  for (const { team_id: id } of teams) more ||= !scope.adminTeams.includes(id) && !(await standsUnder(scope, id, sql));
  if (more)
    throw forbidden(
      `The user '${userId}' has more rights than you, and a key of theirs would have them, too. Ask them or an administrator.`,
    );
}

function forbidden(message: string): GatewayError {
  return new GatewayError("forbidden", message, { type: "auth_error" });
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
