/** Keys by page, with every filter, and their aliases. */

import type { contract, InputOf } from "@tollgate/admin";
import type { SelectQueryBuilder } from "kysely";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import { visibleKeys } from "./key-access.ts";
import { tokenOf } from "./key-fields.ts";
import { type KeyRow, shownKeys } from "./key-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";

type List = InputOf<(typeof contract.keys)["list"]>;
type Query = SelectQueryBuilder<Tables, "keys", object>;

export function createKeyLists({ database }: ManagementParts, context: () => SpentContext): Pick<AreaHandlers<"keys">, "list" | "aliases"> {
  return {
    async list(input, caller) {
      if (input.status === "deleted") return deletedKeys(input, caller, database.sql);
      const from = filtered(database.sql.selectFrom("keys"), input, caller);
      const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
      const column = input.sort_by ?? "created_at";
      const direction = input.sort_order ?? "desc";
      const rows = await sorted(from, column, direction)
        .selectAll()
        .limit(input.size)
        .offset((input.page - 1) * input.size)
        .execute();
      const whole = input.return_full_object || input.expand !== undefined;
      return {
        keys: whole ? await shownKeys(rows as KeyRow[], context()) : (rows as KeyRow[]).map((row) => row.token),
        total_count: Number(count),
        current_page: input.page,
        total_pages: Math.ceil(Number(count) / input.size),
      };
    },
    async aliases(input, caller) {
      let from = database.sql
        .selectFrom("keys")
        .where("key_alias", "is not", null)
        .where(visibleKeys(scopeOf(caller.principal)));
      if (input.search) from = from.where("key_alias", "ilike", like(input.search));
      if (input.team_id) from = from.where("team_id", "=", input.team_id);
      const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
      const rows = await from
        .select("key_alias")
        .orderBy("key_alias")
        .limit(input.size)
        .offset((input.page - 1) * input.size)
        .execute();
      return {
        aliases: rows.flatMap((row) => row.key_alias ?? []),
        total_count: Number(count),
        current_page: input.page,
        total_pages: Math.ceil(Number(count) / input.size),
      };
    },
  };
}

function filtered(from: Query, input: List, caller: Caller): Query {
  const scope = scopeOf(caller.principal);
  let query = from.where((each) => {
    const seen = visibleKeys(scope)(each);
    // Team members see the team's keys where they ask for them; those made for somebody else, too.
    const more = [seen];
    if (input.include_team_keys && scope.teams.length > 0) more.push(each("team_id", "in", scope.teams) as typeof seen);
    if (input.include_created_by_keys && scope.userId) more.push(each("created_by", "=", scope.userId) as typeof seen);
    return each.or(more);
  });
  for (const column of ["user_id", "team_id", "organization_id", "project_id"] as const) {
    const value = input[column];
    if (value !== undefined) query = query.where(column, "=", value);
  }
  if (input.key_hash !== undefined) query = query.where("token", "=", tokenOf(input.key_hash));
  if (input.key_alias)
    query = input.substring_matching
      ? query.where("key_alias", "ilike", like(input.key_alias))
      : query.where("key_alias", "=", input.key_alias);
  if (input.search) {
    const wanted = like(input.search);
    query = query.where((each) =>
      each.or([each("key_alias", "ilike", wanted), each("key_name", "ilike", wanted), each("token", "=", input.search ?? "")]),
    );
  }
  if (input.access_group_id !== undefined)
    query = query.where((each) =>
      each.eb(each.ref("settings", "->").key("access_group_ids"), "@>", JSON.stringify([input.access_group_id]) as never),
    );
  if (input.agent_id !== undefined)
    query = query.where((each) => each.eb(each.ref("settings", "->>").key("agent_id"), "=", input.agent_id as never));
  if (input.expires !== undefined) query = query.where("expires", "<=", new Date(input.expires));
  return query;
}

/** `spend` stands in the meters and limits in the settings: they are sorted there. */
function sorted(from: Query, column: NonNullable<List["sort_by"]>, direction: "asc" | "desc"): Query {
  if (column === "max_budget")
    return from
      .orderBy(
        (each) => each.cast(each.ref("settings", "->>").key("max_budget" as never), "numeric"),
        (order) => (direction === "asc" ? order.asc() : order.desc().nullsLast()),
      )
      .orderBy("token");
  if (column === "spend")
    return from
      .orderBy(
        (each) =>
          each
            .selectFrom("meters")
            .select("spent_nano")
            .where(
              "id",
              "=",
              each.fn<string>("concat", [
                each.cast<string>(each.val("key:"), "text"),
                each.ref("keys.token"),
                each.cast<string>(each.val("|total|0"), "text"),
              ]),
            ),
        (order) => (direction === "asc" ? order.asc().nullsFirst() : order.desc().nullsLast()),
      )
      .orderBy("token");
  return from.orderBy(column, (order) => (direction === "asc" ? order.asc() : order.desc().nullsLast())).orderBy("token");
}

async function deletedKeys(input: List, caller: Caller, sql: ManagementParts["database"]["sql"]) {
  const scope = scopeOf(caller.principal);
  const from = sql
    .selectFrom("deleted")
    .where("kind", "=", "key")
    .$if(!scope.all, (query) =>
      query.where((each) => each.eb(each.ref("row", "->>").key("user_id" as never), "=", (scope.userId ?? "") as never)),
    );
  const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
  const rows = await from
    .selectAll()
    .orderBy("deleted_at", "desc")
    .limit(input.size)
    .offset((input.page - 1) * input.size)
    .execute();
  return {
    keys: input.return_full_object
      ? rows.map((each) => ({ models: [], metadata: {}, spend: 0, ...each.row, deleted_at: each.deleted_at, deleted_by: each.deleted_by }))
      : rows.map((each) => each.id),
    total_count: Number(count),
    current_page: input.page,
    total_pages: Math.ceil(Number(count) / input.size),
  };
}

/** Part of a name, whatever letters it has. */
export function like(part: string): string {
  return `%${part.replace(/[\\%_]/g, "\\$&")}%`;
}
