/** A team's row as LiteLLM's replies show it, with its members. */

import type { Scope } from "../access/scope.ts";
import { chunks } from "./chunks.ts";
import { grouped } from "./grouped.ts";
import { listOf, type ShownLimits, shownLimits } from "./limited-row.ts";
import type { SpentContext } from "./spent.ts";
import { isAtLeast, rankIn, type TeamRow } from "./team-access.ts";

export interface TeamMember {
  readonly user_id: string;
  readonly user_email: string | null;
  readonly role: string;
}

const empty: Readonly<Record<string, unknown>> = {
  model_max_budget: {},
  model_spend: {},
  model_aliases: {},
  budget_limits: null,
  tpd_limit: null,
  team_member_budget: null,
  access_group_ids: [],
  default_team_member_models: [],
};

export const usualPermissions: readonly string[] = ["/key/info", "/key/health"];

/** `scope`: of whom it is shown to; secrets of a team are for its admins. */
export async function shownTeams(rows: readonly TeamRow[], scope: Scope, context: SpentContext) {
  const limits = await shownLimits(rows, "team", (row) => row.team_id, context);
  const members = await membersOf(
    rows.map(({ team_id }) => team_id),
    context.sql,
  );
  return rows.map((row, at) => {
    const open = isAtLeast(rankIn(scope, row), "viewer") ? row : { ...row, settings: withoutSecrets(row.settings) };
    return shown(open, limits[at], members.get(row.team_id) ?? []);
  });
}

function shown(row: TeamRow, limits: ShownLimits | undefined, members: readonly TeamMember[]) {
  const { settings, ...columns } = row;
  return {
    ...empty,
    ...settings,
    ...columns,
    models: [] as string[],
    spend: 0,
    ...limits,
    metadata: (settings["metadata"] ?? {}) as Record<string, unknown>,
    team_member_permissions: settings["team_member_permissions"] ? listOf(settings["team_member_permissions"]) : [...usualPermissions],
    members_with_roles: members.map(({ user_id, user_email, role }) => ({ user_id, user_email, role })),
    admins: members.filter(({ role }) => role === "admin").map(({ user_id }) => user_id),
    members: members.map(({ user_id }) => user_id),
  };
}
export type ShownTeam = ReturnType<typeof shown>;

export function withoutSecrets({
  secret_manager_settings: _secret,
  ...settings
}: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return settings;
}

async function membersOf(ids: readonly string[], sql: SpentContext["sql"]): Promise<ReadonlyMap<string, readonly TeamMember[]>> {
  const rows: (TeamMember & { readonly team_id: string })[] = [];
  for (const some of chunks(ids))
    rows.push(
      ...(await sql
        .selectFrom("team_members")
        .leftJoin("users", "users.user_id", "team_members.user_id")
        .select(["team_members.team_id", "team_members.user_id", "team_members.role", "users.user_email"])
        .where("team_members.team_id", "in", some)
        .orderBy("team_members.created_at")
        .orderBy("team_members.user_id")
        .execute()),
    );
  return grouped(rows, ({ team_id }) => team_id);
}

/** For the audit log and for what is kept of deleted teams. */
export function plainTeam({ settings, ...columns }: TeamRow): Readonly<Record<string, unknown>> {
  return { ...withoutSecrets(settings), ...columns };
}
