/** Who changed what, by page. */

import type { contract, InputOf } from "@tollgate/admin";
import type { Selectable, SelectQueryBuilder } from "kysely";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import type { AuditTable, Tables } from "../store/tables.ts";
import { like } from "./key-lists.ts";
import type { ManagementParts } from "./parts.ts";

type List = InputOf<(typeof contract.audit)["list"]>;
type Query = SelectQueryBuilder<Tables, "audit", object>;

export function createAuditList({ database }: ManagementParts): AreaHandlers<"audit"> {
  return {
    async list(input) {
      const { page, page_size: size } = input;
      const from = filtered(database.sql.selectFrom("audit"), input);
      const { count } = await from.select((each) => each.fn.countAll().as("count")).executeTakeFirstOrThrow();
      const column = input.sort_by === undefined || input.sort_by === "updated_at" ? "at" : input.sort_by;
      const rows = await from
        .selectAll()
        .orderBy(column, input.sort_order ?? "desc")
        .orderBy("id")
        .limit(size)
        .offset((page - 1) * size)
        .execute();
      return { audit_logs: rows.map(shown), total: Number(count), page, page_size: size, total_pages: Math.ceil(Number(count) / size) };
    },
    async one({ id }) {
      const row = await database.sql.selectFrom("audit").selectAll().where("id", "=", id).executeTakeFirst();
      if (!row) throw notFound("audit entry", id);
      return shown(row);
    },
  };
}

function filtered(from: Query, input: List): Query {
  let query = from;
  for (const column of ["changed_by", "changed_by_api_key", "action", "table_name", "object_id"] as const) {
    const value = input[column];
    if (value) query = query.where(column, "=", value);
  }
  if (input.object_team_id)
    query = query.where((each) =>
      each.or([
        each.and([each("table_name", "=", "teams"), each("object_id", "=", input.object_team_id ?? "")]),
        each.eb(each.ref("before_value", "->>").key("team_id" as never), "=", input.object_team_id as never),
        each.eb(each.ref("updated_values", "->>").key("team_id" as never), "=", input.object_team_id as never),
      ]),
    );
  if (input.object_key_hash) query = query.where("table_name", "=", "keys").where("object_id", "=", input.object_key_hash);
  if (input.start_date) query = query.where("at", ">=", new Date(input.start_date));
  if (input.end_date) query = query.where("at", "<=", endOf(input.end_date));
  if (input.search) {
    const wanted = like(input.search);
    query = query.where((each) =>
      each.or([each("object_id", "ilike", wanted), each("changed_by", "ilike", wanted), each("table_name", "ilike", wanted)]),
    );
  }
  return query;
}

/** A date alone is the whole day. */
function endOf(moment: string): Date {
  return new Date(moment.length === 10 ? `${moment}T23:59:59.999Z` : moment);
}

function shown({ at, ...row }: Selectable<AuditTable>) {
  return { ...row, updated_at: at };
}
