/** An organization's row as LiteLLM's replies show it, alone and with those who belong to it. */

import { type Selectable, sql as text } from "kysely";
import { dollarsOf } from "tollgate/parts";
import { type Scope, scopeOf } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { OrganizationMembersTable, OrganizationsTable } from "../store/tables.ts";
import { chunks } from "./chunks.ts";
import { grouped } from "./grouped.ts";
import { shownLimits } from "./limited-row.ts";
import { withoutMark } from "./own-budget.ts";
import type { SpentContext } from "./spent.ts";
import { visibleTeams } from "./team-access.ts";
import { shownTeams } from "./team-row.ts";
import { visibleUsers } from "./user-access.ts";
import { shownUsers } from "./user-row.ts";

export type OrganizationRow = Selectable<OrganizationsTable>;
export type OrganizationMemberRow = Selectable<OrganizationMembersTable>;

export async function shownOrganizations(rows: readonly OrganizationRow[], context: SpentContext) {
  const limits = await shownLimits(rows, "organization", (row) => row.organization_id, context);
  return rows.map(({ settings, ...columns }, at) => ({
    ...withoutMark(settings),
    ...columns,
    models: limits[at]?.models ?? [],
    metadata: limits[at]?.metadata ?? {},
    spend: limits[at]?.spend ?? 0,
    model_spend: {},
    object_permission: limits[at]?.object_permission ?? null,
    budget_reset_at: limits[at]?.budget_reset_at ?? null,
    litellm_budget_table: limits[at]?.litellm_budget_table ?? null,
  }));
}

/** With members and teams, as far as the caller may see them; with users where one organization is looked at. */
export async function wholeOrganizations(rows: readonly OrganizationRow[], caller: Caller, context: SpentContext) {
  const scope = scopeOf(caller.principal);
  const ids = rows.map((row) => row.organization_id);
  const members = grouped(await membersOf(ids, scope, context), (member) => member.organization_id);
  const teams = grouped(await teamsOf(ids, scope, context), (team) => team.organization_id ?? "");
  const shown = await shownOrganizations(rows, context);
  const users = rows.length === 1 ? await usersOf(ids, scope, context) : [];
  return shown.map((row) => ({
    ...row,
    members: [...(members.get(row.organization_id) ?? [])],
    users,
    teams: [...(teams.get(row.organization_id) ?? [])],
  }));
}

async function membersOf(ids: readonly string[], scope: Scope, context: SpentContext) {
  const rows: OrganizationMemberRow[] = [];
  for (const some of chunks(ids)) {
    const from = context.sql.selectFrom("organization_members").selectAll().where("organization_id", "in", some);
    rows.push(...(await from.orderBy("created_at").orderBy("user_id").execute()));
  }
  const seen = rows.filter(
    ({ organization_id: id, user_id }) => scope.all || scope.adminOrganizations.includes(id) || user_id === scope.userId,
  );
  return shownOrganizationMembers(seen, context);
}

export async function shownOrganizationMembers(rows: readonly OrganizationMemberRow[], { sql }: SpentContext) {
  const spent = new Map<string, bigint>();
  const mails = new Map<string, string | null>();
  for (const some of chunks([...new Set(rows.map(({ user_id }) => user_id))])) {
    for (const row of await sql.selectFrom("users").select(["user_id", "user_email"]).where("user_id", "in", some).execute())
      mails.set(row.user_id, row.user_email);
    const sums = await sql
      .selectFrom("daily")
      .select(["organization_id", "user_id", text<string>`sum(spend_nano)::text`.as("nano")])
      .where("user_id", "in", some)
      .groupBy(["organization_id", "user_id"])
      .execute();
    for (const { organization_id, user_id, nano } of sums) spent.set(JSON.stringify([organization_id, user_id]), BigInt(nano));
  }
  return rows.map(({ settings, ...columns }) => ({
    ...columns,
    user_email: mails.get(columns.user_id) ?? null,
    spend: dollarsOf(spent.get(JSON.stringify([columns.organization_id, columns.user_id])) ?? 0n),
    litellm_budget_table:
      settings["max_budget_in_organization"] === undefined ? null : { max_budget: settings["max_budget_in_organization"] },
    updated_at: columns.created_at,
  }));
}

async function teamsOf(ids: readonly string[], scope: Scope, context: SpentContext) {
  const rows = [];
  for (const some of chunks(ids)) {
    const from = context.sql.selectFrom("teams").selectAll().where("organization_id", "in", some).where(visibleTeams(scope));
    rows.push(...(await from.orderBy("created_at").orderBy("team_id").execute()));
  }
  return shownTeams(rows, scope, context);
}

async function usersOf(ids: readonly string[], scope: Scope, context: SpentContext) {
  const rows = await context.sql
    .selectFrom("users")
    .selectAll()
    .where((each) => each("user_id", "in", each.selectFrom("organization_members").select("user_id").where("organization_id", "in", ids)))
    .where(visibleUsers(scope))
    .orderBy("user_id")
    .execute();
  return shownUsers(rows, context);
}

/** For the audit log. */
export function plainOrganization({ settings, ...columns }: OrganizationRow): Readonly<Record<string, unknown>> {
  return { ...withoutMark(settings), ...columns };
}
