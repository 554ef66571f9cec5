/** Users by page, with every filter. */

import type { contract, InputOf } from "@tollgate/admin";
import { type SelectQueryBuilder, sql as text } from "kysely";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { lifetimeMeter } from "../limits/meters.ts";
import type { Tables } from "../store/tables.ts";
import { like } from "./key-lists.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { visibleUsers } from "./user-access.ts";
import { shownUsers } from "./user-row.ts";

type List = InputOf<(typeof contract.users)["list"]>;
type Query = SelectQueryBuilder<Tables, "users", object>;

export function createUserLists(
  { database }: ManagementParts,
  context: () => SpentContext,
): Pick<AreaHandlers<"users">, "list" | "filter"> {
  return {
    async list(input, caller) {
      const { page, page_size } = input;
      const from = filtered(database.sql.selectFrom("users"), input, caller);
      const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
      const rows = await sorted(from, input.sort_by ?? "created_at", input.sort_order ?? "desc")
        .selectAll()
        .limit(page_size)
        .offset((page - 1) * page_size)
        .execute();
      const users = await shownUsers(rows, context());
      const keys = await keyCounts(
        rows.map(({ user_id }) => user_id),
        database.sql,
      );
      const total = Number(count);
      return {
        users: users.map((user) => ({ ...user, key_count: keys.get(user.user_id) ?? 0 })),
        total,
        page,
        page_size,
        total_pages: Math.ceil(total / page_size),
      };
    },
    async filter({ user_id, user_email, page, page_size }, { principal }) {
      let query = database.sql.selectFrom("users").where(visibleUsers(scopeOf(principal)));
      if (user_id) query = query.where("user_id", "ilike", like(user_id));
      if (user_email) query = query.where("user_email", "ilike", like(user_email));
      return query
        .select(["user_id", "user_email"])
        .orderBy("user_id")
        .limit(page_size)
        .offset((page - 1) * page_size)
        .execute();
    },
  };
}

async function keyCounts(ids: readonly string[], sql: SpentContext["sql"]): Promise<ReadonlyMap<string, number>> {
  if (ids.length === 0) return new Map();
  const rows = await sql
    .selectFrom("keys")
    .select((each) => ["user_id", each.fn.countAll().as("count")] as const)
    .where("user_id", "in", ids)
    .groupBy("user_id")
    .execute();
  return new Map(rows.map((row) => [row.user_id ?? "", Number(row.count)]));
}

function filtered(from: Query, input: List, { principal }: Caller): Query {
  let query = from.where(visibleUsers(scopeOf(principal)));
  if (input.role !== undefined) query = query.where("user_role", "=", input.role);
  if (input.user_ids && input.user_ids.length > 0) query = query.where("user_id", "in", input.user_ids);
  if (input.sso_user_ids && input.sso_user_ids.length > 0) query = query.where("sso_user_id", "in", input.sso_user_ids);
  if (input.user_email) query = query.where("user_email", "ilike", like(input.user_email));
  if (input.search) {
    const wanted = like(input.search);
    query = query.where((each) =>
      each.or((["user_id", "user_email", "user_alias"] as const).map((column) => each(column, "ilike", wanted))),
    );
  }
  const { team, organization_ids: organizations } = input;
  if (team !== undefined)
    query = query.where((each) => each("user_id", "in", each.selectFrom("team_members").select("user_id").where("team_id", "=", team)));
  if (organizations && organizations.length > 0)
    query = query.where((each) =>
      each("user_id", "in", each.selectFrom("organization_members").select("user_id").where("organization_id", "in", organizations)),
    );
  return query;
}

/** Rising order begins with those who have nothing, falling order ends with them. */
function sorted(from: Query, column: NonNullable<List["sort_by"]> | "created_at", direction: "asc" | "desc"): Query {
  const value =
    column === "max_budget"
      ? text`(users.settings ->> 'max_budget')::numeric`
      : column === "spend"
        ? text`(select spent_nano from meters where id = replace(${lifetimeMeter("user", "\u0001")}, ${"\u0001"}, users.user_id))`
        : text.ref(`users.${column}`);
  return from.orderBy(value, (order) => (direction === "asc" ? order.asc().nullsFirst() : order.desc().nullsLast())).orderBy("user_id");
}
