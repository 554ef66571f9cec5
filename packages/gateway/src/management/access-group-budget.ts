/** Budgets of access groups of models: kept and told; no call is refused by them yet. */

import type { Transaction } from "kysely";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { dollars } from "../spend/dollars.ts";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import type { Tables } from "../store/tables.ts";
import { groupsOfModels } from "./access-group-members.ts";
import { writeAudit } from "./audit.ts";
import { requireBudget } from "./budget-row.ts";
import type { ModelParts } from "./model-parts.ts";
import type { ManagementParts } from "./parts.ts";

/** The row of the table `config` that holds them, by group. */
const NAME = "access_group_budgets";

export type GroupBudget = {
  readonly budget_id: string;
  readonly max_budget?: number;
  readonly soft_budget?: number;
  readonly budget_duration?: string;
};

type Budgets = Readonly<Record<string, GroupBudget>>;

export async function readGroupBudgets(sql: Pick<Database["sql"], "selectFrom">): Promise<Budgets> {
  const row = await sql.selectFrom("config").select("param_value").where("param_name", "=", NAME).executeTakeFirst();
  return (row?.param_value ?? {}) as Budgets;
}

/** What calls to these models ever cost. */
export async function groupSpend(names: readonly string[], sql: Database["sql"]): Promise<number> {
  const [row] = await rowsOf<{ nano: number | null }>(
    sql,
    "select sum(spend_nano)::float8 as nano from daily where model_group = any($1::text[])",
    [names],
  );
  return dollars(row?.nano ?? 0);
}

const notInForce = [
  "The budget of an access group is stored, but not in force in this version: give one to the keys or teams that use it.",
];

export function createGroupBudgets(
  { database, clock }: ManagementParts,
  around: ModelParts,
): Pick<AreaHandlers<"accessGroups">, "budget" | "setBudget" | "deleteBudget"> {
  async function told(group: string, caller: Caller) {
    const found = groupsOfModels(around, caller).get(group);
    if (!found) throw notFound("access group", group);
    const budgets = await readGroupBudgets(database.sql);
    return { access_group: group, spend: await groupSpend([...found.names], database.sql), budget: budgets[group] ?? null };
  }

  return {
    budget: ({ access_group }, caller) => told(access_group, caller),
    async setBudget({ access_group: group, budget_id, ...given }, caller) {
      await told(group, caller);
      await requireBudget(budget_id, database.sql);
      await database.sql.transaction().execute(async (sql) => {
        const budgets = await locked(sql);
        const budget = { ...budgets[group], ...given, budget_id: budget_id ?? budgets[group]?.budget_id ?? `access_group:${group}` };
        await write(sql, { ...budgets, [group]: budget }, clock.now());
        await writeAudit(sql, caller, [
          { action: "updated", table: "access_groups", id: group, before: { ...budgets[group] }, after: budget },
        ]);
      });
      return { ...(await told(group, caller)), warnings: notInForce };
    },
    async deleteBudget({ access_group: group }, caller) {
      await told(group, caller);
      const had = await database.sql.transaction().execute(async (sql) => {
        const { [group]: gone, ...budgets } = await locked(sql);
        if (!gone) return false;
        await write(sql, budgets, clock.now());
        await writeAudit(sql, caller, [{ action: "deleted", table: "access_groups", id: group, before: { ...gone } }]);
        return true;
      });
      return { access_group: group, budget_deleted: had, message: had ? `The budget of ${group} is gone.` : `${group} had no budget.` };
    },
  };
}

async function locked(sql: Transaction<Tables>): Promise<Budgets> {
  await sql
    .insertInto("config")
    .values({ param_name: NAME, param_value: "{}" })
    .onConflict((row) => row.doNothing())
    .execute();
  const row = await sql.selectFrom("config").select("param_value").where("param_name", "=", NAME).forUpdate().executeTakeFirstOrThrow();
  return row.param_value as Budgets;
}

async function write(sql: Transaction<Tables>, budgets: Budgets, now: number): Promise<void> {
  await sql
    .updateTable("config")
    .set({ param_value: JSON.stringify(budgets), updated_at: new Date(now) })
    .where("param_name", "=", NAME)
    .execute();
}
