/** A user's row as LiteLLM's replies show it; the password never leaves the store. */

import type { Selectable } from "kysely";
import type { OrganizationMembersTable, UsersTable } from "../store/tables.ts";
import { chunks } from "./chunks.ts";
import { grouped } from "./grouped.ts";
import { type ShownLimits, shownLimits } from "./limited-row.ts";
import type { SpentContext } from "./spent.ts";

export type UserRow = Selectable<UsersTable>;
type OrganizationMember = Selectable<OrganizationMembersTable>;

const empty: Readonly<Record<string, unknown>> = {
  model_max_budget: {},
  model_spend: {},
  allowed_cache_controls: [],
  tpd_limit: null,
  budget_limits: null,
};

export async function shownUsers(rows: readonly UserRow[], context: SpentContext) {
  const limits = await shownLimits(rows, "user", (row) => row.user_id, context);
  const { teams, organizations } = await belongingsOf(rows, context.sql);
  return rows.map((row, at) => shown(row, limits[at], idsOf(teams.get(row.user_id)), organizations.get(row.user_id) ?? []));
}

function idsOf(teams: readonly { readonly team_id: string }[] = []): string[] {
  return teams.map(({ team_id }) => team_id);
}

function shown(row: UserRow, limits: ShownLimits | undefined, teams: string[], organizations: readonly OrganizationMember[]) {
  const { settings, password: _secret, ...columns } = row;
  return {
    ...empty,
    ...settings,
    ...columns,
    models: [] as string[],
    spend: 0,
    ...limits,
    teams,
    organization_memberships: organizations.map(({ settings: own, ...membership }) => ({ ...own, ...membership, spend: 0 })),
  };
}
export type ShownUser = ReturnType<typeof shown>;

/** What a user may be told of by who only added them: who it is. */
export function shownName(row: UserRow) {
  return { user_id: row.user_id, user_email: row.user_email, user_role: row.user_role, models: [] as string[], spend: 0, teams: [] };
}

async function belongingsOf(rows: readonly UserRow[], sql: SpentContext["sql"]) {
  const teams: { readonly user_id: string; readonly team_id: string }[] = [];
  const organizations: OrganizationMember[] = [];
  for (const some of chunks(rows.map(({ user_id }) => user_id))) {
    const members = sql.selectFrom("team_members").select(["user_id", "team_id"]).where("user_id", "in", some);
    teams.push(...(await members.orderBy("created_at").orderBy("team_id").execute()));
    organizations.push(...(await sql.selectFrom("organization_members").selectAll().where("user_id", "in", some).execute()));
  }
  return {
    teams: grouped(teams, ({ user_id }) => user_id),
    organizations: grouped(organizations, ({ user_id }) => user_id),
  };
}

/** For the audit log. */
export function plainUser({ settings, password: _secret, ...columns }: UserRow): Readonly<Record<string, unknown>> {
  return { ...settings, ...columns };
}
