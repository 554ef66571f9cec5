/** What members of a team are and have: their memberships as LiteLLM's replies show them. */

import type { Selectable } from "kysely";
import { dollarsOf } from "tollgate/parts";
import type { TeamMembersTable } from "../store/tables.ts";
import { numberOf, textOf } from "./key-row.ts";
import { type SpentContext, spentOf } from "./spent.ts";

export type MemberRow = Selectable<TeamMembersTable>;
type Fields = Readonly<Record<string, unknown>>;

/** The id of the meter, as access/people.ts names the level. */
export function memberId({ team_id, user_id }: Pick<MemberRow, "team_id" | "user_id">): string {
  return `${team_id}/${user_id}`;
}

/** What a team says of each of its members fills what the membership leaves open. */
export function memberLimits({ settings }: Pick<MemberRow, "settings">, team: Fields): Fields {
  return {
    max_budget: settings["max_budget_in_team"] ?? team["team_member_budget"] ?? null,
    budget_duration: settings["budget_duration"] ?? team["team_member_budget_duration"] ?? null,
    tpm_limit: settings["tpm_limit"] ?? team["team_member_tpm_limit"] ?? null,
    rpm_limit: settings["rpm_limit"] ?? team["team_member_rpm_limit"] ?? null,
    allowed_models: settings["allowed_models"] ?? team["default_team_member_models"] ?? null,
    temp_budget_increase: settings["temp_budget_increase"] ?? null,
    temp_budget_expiry: settings["temp_budget_expiry"] ?? null,
  };
}

/** `teams`: the settings of the teams that the rows are about. */
export async function shownMemberships(rows: readonly MemberRow[], teams: ReadonlyMap<string, Fields>, context: SpentContext) {
  const limits = rows.map((row) => memberLimits(row, teams.get(row.team_id) ?? {}));
  const spent = await spentOf(
    rows.map((row, at) => ({ level: "member" as const, id: memberId(row), duration: textOf(limits[at]?.["budget_duration"]) })),
    context,
  );
  const total = await spentOf(
    rows.map((row) => ({ level: "member" as const, id: memberId(row) })),
    context,
  );
  return rows.map((row, at) => ({
    user_id: row.user_id,
    team_id: row.team_id,
    role: row.role,
    budget_id: row.budget_id,
    spend: dollarsOf(spent[at]?.nano ?? 0n),
    total_spend: dollarsOf(total[at]?.nano ?? 0n),
    budget_reset_at: spent[at]?.resetsAt ?? null,
    litellm_budget_table: isLimited(limits[at]) ? { budget_id: row.budget_id, ...limits[at] } : null,
    max_budget_in_team: numberOf(row.settings["max_budget_in_team"]),
    created_at: row.created_at,
  }));
}
export type ShownMembership = Awaited<ReturnType<typeof shownMemberships>>[number];

function isLimited(limits: Fields | undefined): boolean {
  return Object.values(limits ?? {}).some((value) => value !== null);
}
