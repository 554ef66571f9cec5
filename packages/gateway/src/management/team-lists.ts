/** Teams: one with all that belongs to it, all that a caller may see, and by page. */

import type { contract, InputOf } from "@tollgate/admin";
import { type SelectQueryBuilder, sql as text } from "kysely";
import { GatewayError } from "tollgate/parts";
import { type Scope, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { lifetimeMeter } from "../limits/meters.ts";
import type { Tables } from "../store/tables.ts";
import { chunks } from "./chunks.ts";
import { grouped } from "./grouped.ts";
import { like } from "./key-lists.ts";
import { type KeyRow, shownKeys } from "./key-row.ts";
import { listOf } from "./limited-row.ts";
import { type MemberRow, shownMemberships } from "./member-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { findTeam, isAtLeast, rankIn, type TeamRow, unknownTeam, visibleTeams } from "./team-access.ts";
import { shownTeams } from "./team-row.ts";

type List = InputOf<(typeof contract.teams)["listV2"]>;
type Query = SelectQueryBuilder<Tables, "teams", object>;

export function createTeamLists(
  { database: { sql }, settings }: ManagementParts,
  context: () => SpentContext,
): Pick<AreaHandlers<"teams">, "info" | "list" | "listV2" | "available"> {
  return {
    async info({ team_id, key_limit }, caller) {
      const id = team_id ?? caller.principal.teamId;
      if (id === undefined)
        throw new GatewayError("bad_request", "Say which team in 'team_id'. The key that asks belongs to none.", { param: "team_id" });
      const team = await findTeam(id, caller, "member", sql);
      const [shown] = await shownTeams([team], scopeOf(caller.principal), context());
      if (!shown) throw unknownTeam(id);
      const keys = await keysOf([team], caller, sql);
      return {
        team_id: id,
        team_info: shown,
        keys: await shownKeys(key_limit === undefined ? keys : keys.slice(0, key_limit), context()),
        team_memberships: (await membershipsOf([team], caller, context())).get(id) ?? [],
      };
    },
    async list({ user_id, organization_id }, caller) {
      const rows = await filtered(sql.selectFrom("teams"), { user_id, organization_id }, caller)
        .selectAll()
        .orderBy("created_at", "desc")
        .orderBy("team_id")
        .execute();
      const shown = await shownTeams(rows, scopeOf(caller.principal), context());
      const memberships = await membershipsOf(rows, caller, context());
      const keys = grouped(await shownKeys(await keysOf(rows, caller, sql), context()), (key) => key.team_id ?? "");
      return shown.map((team) => ({
        ...team,
        keys: keys.get(team.team_id) ?? [],
        team_memberships: memberships.get(team.team_id) ?? [],
      }));
    },
    async listV2(input, caller) {
      if (input.status === "deleted") return deletedTeams(input, caller, sql);
      const from = filtered(sql.selectFrom("teams"), input, caller);
      const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
      const rows = await sorted(from, input.sort_by ?? "created_at", input.sort_order ?? "desc")
        .selectAll()
        .limit(input.page_size)
        .offset((input.page - 1) * input.page_size)
        .execute();
      const keys = await keyCounts(rows, sql);
      const teams = await shownTeams(rows, scopeOf(caller.principal), context());
      return {
        teams: teams.map((team) => ({ ...team, members_count: team.members.length, keys_count: keys.get(team.team_id) ?? 0 })),
        ...pageOf(input, Number(count)),
      };
    },
    async available(_input, { principal }) {
      const ids = listOf(settings.defaultUserParams["available_teams"]);
      const rows = ids.length === 0 ? [] : await sql.selectFrom("teams").selectAll().where("team_id", "in", ids).execute();
      const scope = scopeOf(principal);
      const teams = await shownTeams(rows, scope, context());
      // Who is in a team is not told to those who could be.
      return teams.map((team) => (scope.all ? team : { ...team, members_with_roles: [], members: [], admins: [], metadata: {} }));
    },
  };
}

function pageOf({ page, page_size }: List, total: number) {
  return { total, page, page_size, total_pages: Math.ceil(total / page_size) };
}

function filtered(from: Query, input: Partial<List>, { principal }: Caller): Query {
  let query = from.where(visibleTeams(scopeOf(principal)));
  const { user_id: user, organization_id: organization, team_id: team, team_alias: alias, search } = input;
  if (user !== undefined)
    query = query.where((each) => each("team_id", "in", each.selectFrom("team_members").select("team_id").where("user_id", "=", user)));
  if (organization !== undefined) query = query.where("organization_id", "=", organization);
  if (team !== undefined) query = query.where("team_id", "=", team);
  if (alias) query = query.where("team_alias", "ilike", like(alias));
  if (search)
    query = query.where((each) =>
      each.or([
        each("team_alias", "ilike", like(search)),
        input.search_team_id_match === "prefix" ? each("team_id", "like", like(search).slice(1)) : each("team_id", "=", search),
      ]),
    );
  return query;
}

/** Rising order begins with those who have nothing, falling order ends with them. */
function sorted(from: Query, column: NonNullable<List["sort_by"]>, direction: "asc" | "desc"): Query {
  const value =
    column === "max_budget"
      ? text`(teams.settings ->> 'max_budget')::numeric`
      : column === "spend"
        ? text`(select spent_nano from meters where id = replace(${lifetimeMeter("team", "\u0001")}, ${"\u0001"}, teams.team_id))`
        : text.ref(`teams.${column}`);
  return from.orderBy(value, (order) => (direction === "asc" ? order.asc().nullsFirst() : order.desc().nullsLast())).orderBy("team_id");
}

async function keyCounts(rows: readonly TeamRow[], sql: SpentContext["sql"]): Promise<ReadonlyMap<string, number>> {
  if (rows.length === 0) return new Map();
  const found = await sql
    .selectFrom("keys")
    .select((each) => ["team_id", each.fn.countAll().as("count")] as const)
    .where(
      "team_id",
      "in",
      rows.map(({ team_id }) => team_id),
    )
    .groupBy("team_id")
    .execute();
  return new Map(found.map((row) => [row.team_id ?? "", Number(row.count)]));
}

/** Members see their own; the team's admins, and members who are let list keys, see all. */
async function keysOf(rows: readonly TeamRow[], { principal }: Caller, sql: SpentContext["sql"]): Promise<KeyRow[]> {
  const scope = scopeOf(principal);
  const keys: KeyRow[] = [];
  for (const some of chunks(rows.map(({ team_id }) => team_id)))
    keys.push(
      ...(await sql.selectFrom("keys").selectAll().where("team_id", "in", some).orderBy("created_at", "desc").orderBy("token").execute()),
    );
  const open = new Set(rows.filter((row) => seesAll(row, scope) || mayListKeys(row)).map(({ team_id }) => team_id));
  return keys.filter((key) => open.has(key.team_id ?? "") || (key.user_id !== null && key.user_id === scope.userId));
}

function mayListKeys({ settings }: TeamRow): boolean {
  const granted = settings["team_member_permissions"];
  return Array.isArray(granted) && granted.includes("/key/list");
}

function seesAll(row: TeamRow, scope: Scope): boolean {
  return isAtLeast(rankIn(scope, row), "viewer");
}

/** By team. Members see their own. */
async function membershipsOf(rows: readonly TeamRow[], { principal }: Caller, context: SpentContext) {
  const scope = scopeOf(principal);
  const found: MemberRow[] = [];
  for (const some of chunks(rows.map(({ team_id }) => team_id)))
    found.push(
      ...(await context.sql
        .selectFrom("team_members")
        .selectAll()
        .where("team_id", "in", some)
        .orderBy("created_at")
        .orderBy("user_id")
        .execute()),
    );
  const open = new Set(rows.filter((row) => seesAll(row, scope)).map(({ team_id }) => team_id));
  const seen = found.filter((member) => open.has(member.team_id) || member.user_id === scope.userId);
  const settings = new Map(rows.map((row) => [row.team_id, row.settings]));
  return grouped(await shownMemberships(seen, settings, context), ({ team_id }) => team_id);
}

async function deletedTeams(input: List, { principal }: Caller, sql: SpentContext["sql"]) {
  const scope = scopeOf(principal);
  const own = text<string>`"row" ->> 'organization_id'`;
  const from = sql
    .selectFrom("deleted")
    .where("kind", "=", "team")
    .$if(!scope.all, (query) => query.where(own, "in", ["", ...scope.adminOrganizations]))
    .$if(Boolean(input.team_id), (query) => query.where("id", "=", input.team_id ?? ""))
    .$if(input.organization_id !== undefined, (query) => query.where(own, "=", input.organization_id ?? ""));
  const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
  const rows = await from
    .selectAll()
    .orderBy("deleted_at", "desc")
    .orderBy("id")
    .limit(input.page_size)
    .offset((input.page - 1) * input.page_size)
    .execute();
  const teams = rows.map(({ id, row, deleted_at, deleted_by }) => ({
    ...{ members_with_roles: [], models: [], spend: 0, blocked: false },
    ...row,
    ...{ team_id: id, deleted_at, deleted_by },
  }));
  return { teams, ...pageOf(input, Number(count)) };
}
