/** An access group as it is told, and the teams and keys that it is assigned to. */

import type { Selectable, Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import type { AccessGroupsTable, Tables } from "../store/tables.ts";
import { tokenOf } from "./key-fields.ts";
import { listOf } from "./limited-row.ts";

export type GroupRow = Selectable<AccessGroupsTable>;
type Fields = Readonly<Record<string, unknown>>;

export async function shownGroups(rows: readonly GroupRow[], sql: Database["sql"]) {
  const teamIds = [...new Set(rows.flatMap(({ settings }) => listOf(settings["assigned_team_ids"])))];
  const tokens = [...new Set(rows.flatMap(({ settings }) => listOf(settings["assigned_key_ids"])))];
  const [teams, keys] = await Promise.all([
    teamIds.length === 0 ? [] : sql.selectFrom("teams").select(["team_id", "team_alias"]).where("team_id", "in", teamIds).execute(),
    tokens.length === 0 ? [] : sql.selectFrom("keys").select(["token", "key_alias", "key_name"]).where("token", "in", tokens).execute(),
  ]);
  const teamNames = new Map(teams.map((each) => [each.team_id, each.team_alias ?? each.team_id]));
  const keyNames = new Map(keys.map((each) => [each.token, each.key_alias ?? each.key_name]));
  const named = (ids: readonly string[], names: ReadonlyMap<string, string>) => ids.map((id) => ({ id, name: names.get(id) ?? id }));
  return rows.map(({ settings, ...columns }) => {
    // Who is gone is assigned nothing.
    const ofTeams = listOf(settings["assigned_team_ids"]).filter((id) => teamNames.has(id));
    const ofKeys = listOf(settings["assigned_key_ids"]).filter((id) => keyNames.has(id));
    return {
      ...columns,
      description: typeof settings["description"] === "string" ? settings["description"] : null,
      access_model_names: listOf(settings["access_model_names"]),
      access_mcp_server_ids: listOf(settings["access_mcp_server_ids"]),
      access_agent_ids: listOf(settings["access_agent_ids"]),
      assigned_team_ids: ofTeams,
      assigned_key_ids: ofKeys,
      assigned_teams: named(ofTeams, teamNames),
      assigned_keys: named(ofKeys, keyNames),
      access_mcp_servers: named(listOf(settings["access_mcp_server_ids"]), new Map()),
      access_agents: named(listOf(settings["access_agent_ids"]), new Map()),
    };
  });
}

/** Keys are named by their hash, whatever they were given as. */
export function withHashes(given: Fields): Record<string, unknown> {
  const keys = given["assigned_key_ids"];
  return Array.isArray(keys) ? { ...given, assigned_key_ids: [...new Set((keys as string[]).map(tokenOf))] } : { ...given };
}

/** Team and key rows name the groups that they have: that is what access asks. Answers with those that changed. */
export async function assign(
  sql: Transaction<Tables>,
  id: string,
  before: Fields,
  after: Fields,
): Promise<{ people: string[]; keys: string[] }> {
  const teams = changesOf(before["assigned_team_ids"], after["assigned_team_ids"]);
  const keys = changesOf(before["assigned_key_ids"], after["assigned_key_ids"]);
  for (const [ids, has] of [
    [teams.gone, false],
    [teams.come, true],
  ] as const)
    for (const team of ids) await mark(sql, { table: "teams", column: "team_id", id: team, what: "team" }, id, has);
  for (const [ids, has] of [
    [keys.gone, false],
    [keys.come, true],
  ] as const)
    for (const key of ids) await mark(sql, { table: "keys", column: "token", id: key, what: "key" }, id, has);
  return { people: [...teams.gone, ...teams.come].map((each) => `team:${each}`), keys: [...keys.gone, ...keys.come] };
}

interface Whose {
  readonly table: "teams" | "keys";
  readonly column: "team_id" | "token";
  readonly id: string;
  readonly what: string;
}

async function mark(sql: Transaction<Tables>, { table, column, id, what }: Whose, group: string, has: boolean): Promise<void> {
  const row = await sql
    .selectFrom(table)
    .select("settings")
    .where(column as never, "=", id as never)
    .forUpdate()
    .executeTakeFirst();
  if (!row) {
    if (has) throw notFound(what, id);
    return;
  }
  const groups = listOf(row.settings["access_group_ids"]).filter((each) => each !== group);
  await sql
    .updateTable(table)
    .set({ settings: JSON.stringify({ ...row.settings, access_group_ids: has ? [...groups, group] : groups }) })
    .where(column as never, "=", id as never)
    .execute();
}

function changesOf(before: unknown, after: unknown): { gone: string[]; come: string[] } {
  const [old, now] = [new Set(listOf(before)), new Set(listOf(after))];
  return { gone: [...old].filter((id) => !now.has(id)).sort(), come: [...now].filter((id) => !old.has(id)).sort() };
}

export function groupTaken(name: string): GatewayError {
  return new GatewayError("conflict", `The access group name '${name}' is taken. Choose another, or change that group.`, {
    param: "access_group_name",
  });
}
