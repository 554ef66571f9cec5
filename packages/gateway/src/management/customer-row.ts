/** A customer as LiteLLM's replies show it, and those that are known by what they spent alone. */

import type { Selectable } from "kysely";
import { notFound } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import type { CustomersTable } from "../store/tables.ts";
import { shownWithBudget } from "./own-limits.ts";
import type { SpentContext } from "./spent.ts";

export type CustomerRow = Selectable<CustomersTable>;

/** Of customers who only spent, so many are listed. */
const MOST_UNNAMED = 10_000;

export const customerColumns: ReadonlySet<string> = new Set(["user_id", "alias", "blocked", "budget_id"]);

export async function shownCustomers(rows: readonly CustomerRow[], context: SpentContext) {
  const limits = await shownWithBudget(rows, "customer", (row) => row.user_id, context);
  return rows.map(({ settings, ...columns }, at) => {
    const own = limits[at];
    return {
      allowed_model_region: null,
      default_model: null,
      ...(settings as { default_model?: string; allowed_model_region?: string }),
      ...columns,
      models: own?.models ?? [],
      object_permission: own?.object_permission ?? null,
      spend: own?.spend ?? 0,
      litellm_budget_table: own?.litellm_budget_table ?? null,
    };
  });
}

/** Everybody who calls came from is a customer, with a row or without; who was deleted is none until there is a row again. */
export async function readCustomers(sql: Database["sql"], ids: readonly string[]): Promise<CustomerRow[]> {
  const rows = await sql
    .selectFrom("customers")
    .selectAll()
    .where("user_id", "in", [...ids])
    .execute();
  const known = new Set(rows.map((row) => row.user_id));
  const others = ids.filter((id) => !known.has(id));
  if (others.length === 0) return rows;
  const spenders = await rowsOf<{ id: string }>(sql, `${spent} and m.id = any($1::text[])`, [others.map((id) => `customer:${id}|total|0`)]);
  return [...rows, ...spenders.map(({ id }) => bare(id))];
}

export async function readAllCustomers(sql: Database["sql"]): Promise<CustomerRow[]> {
  const rows = await sql.selectFrom("customers").selectAll().orderBy("created_at", "desc").orderBy("user_id").execute();
  const spenders = await rowsOf<{ id: string }>(
    sql,
    `${spent} and m.id like 'customer:%|total|0' and m.id not like 'customer:%:model:%' and not exists (select from customers c where 'customer:' || c.user_id || '|total|0' = m.id)
     order by m.id limit ${MOST_UNNAMED}`,
  );
  return [...rows, ...spenders.map(({ id }) => bare(id))];
}

const spent = `select substr(m.id, 10, length(m.id) - 17) as id from meters m
  where not exists (select from deleted d where d.kind = 'customer' and 'customer:' || d.id || '|total|0' = m.id)`;

const never = new Date(0);

function bare(id: string): CustomerRow {
  const stamps = { created_at: never, created_by: null, updated_at: never, updated_by: null };
  return { user_id: id, alias: null, blocked: false, budget_id: null, settings: {}, ...stamps };
}

/** Throws not_found. */
export async function foundCustomer(sql: Database["sql"], id: string): Promise<CustomerRow> {
  const [row] = await readCustomers(sql, [id]);
  if (!row) throw notFound("customer", id);
  return row;
}
