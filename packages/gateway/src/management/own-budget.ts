/** Limits of organizations and projects: kept in a budget row of their own, as LiteLLM's clients expect, or laid over one that is shared. */

import type { Transaction } from "kysely";
import { notFound } from "../access/scope.ts";
import type { Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import { merged } from "./merge.ts";
import type { SpentContext } from "./spent.ts";
import { changedBy, madeBy } from "./stamps.ts";
import { raiseOf } from "./temporary-raise.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Where an entity's settings name the budget row that is nobody else's. */
const OWN = "own_budget_id";

const limitFields: readonly string[] = [
  ...["max_budget", "soft_budget", "max_parallel_requests", "tpm_limit", "rpm_limit", "tpd_limit", "budget_duration", "model_max_budget"],
];

/** Not for the entity's settings: they turn into limits. */
export const budgetFieldNames: ReadonlySet<string> = new Set([
  ...limitFields,
  ...["budget_id", "temp_budget_increase", "temp_budget_expiry", "allowed_models"],
]);

export interface BudgetHolder {
  readonly budget_id: string | null;
  readonly settings: Fields;
}

export const noHolder: BudgetHolder = { budget_id: null, settings: {} };

export interface BudgetContext extends SpentContext {
  readonly sql: Transaction<Tables>;
  readonly newId: () => string;
  readonly caller: Caller;
  /** Also without limits: LiteLLM's organizations have a budget always. */
  readonly always: boolean;
}

/** Where limits stand after a change, the budget row written. The entity itself is for the caller to write. */
export async function placeLimits(before: BudgetHolder, given: Fields, context: BudgetContext): Promise<BudgetHolder> {
  const { sql, now, newId, caller, always } = context;
  const asked = Object.fromEntries(Object.entries(given).filter(([name, value]) => limitFields.includes(name) && value !== undefined));
  const limits = { ...asked, ...raiseOf(given, await effectiveLimits(before, sql), now) };
  const holder = await moved(before, given["budget_id"], sql);
  const { budget_id: id } = holder;
  if (id !== null && holder.settings[OWN] === id) {
    const row = await sql.selectFrom("budgets").select("settings").where("budget_id", "=", id).executeTakeFirst();
    const settings = JSON.stringify(merged(row?.settings ?? {}, limits));
    await sql
      .updateTable("budgets")
      .set({ settings, ...changedBy(caller, now) })
      .where("budget_id", "=", id)
      .execute();
    return holder;
  }
  if (id !== null) return { budget_id: id, settings: merged(holder.settings, limits) };
  const own = merged({}, limits);
  if (!always && Object.keys(own).length === 0) return holder;
  const made = newId();
  await sql
    .insertInto("budgets")
    .values({ budget_id: made, settings: JSON.stringify(own), ...madeBy(caller, now) })
    .execute();
  return { budget_id: made, settings: { ...holder.settings, [OWN]: made } };
}

/** To another budget, or to none. Throws not_found. */
async function moved(before: BudgetHolder, wanted: unknown, sql: Transaction<Tables>): Promise<BudgetHolder> {
  if (wanted === undefined || wanted === before.budget_id) return before;
  await dropOwnBudget(before, sql);
  const { [OWN]: _mark, ...settings } = before.settings;
  if (typeof wanted !== "string") return { budget_id: null, settings };
  const row = await sql.selectFrom("budgets").select("budget_id").where("budget_id", "=", wanted).executeTakeFirst();
  if (!row) throw notFound("budget", wanted);
  return { budget_id: wanted, settings };
}

export async function dropOwnBudget({ budget_id: id, settings }: BudgetHolder, sql: Transaction<Tables>): Promise<void> {
  if (id !== null && settings[OWN] === id) await sql.deleteFrom("budgets").where("budget_id", "=", id).execute();
}

/** The budget's limits under those of the holder itself. */
export async function effectiveLimits(
  { budget_id: id, settings }: BudgetHolder,
  sql: Pick<SpentContext["sql"], "selectFrom">,
): Promise<Fields> {
  if (id === null) return settings;
  const row = await sql.selectFrom("budgets").select("settings").where("budget_id", "=", id).executeTakeFirst();
  return { ...row?.settings, ...settings };
}

/** Settings as they are shown. */
export function withoutMark({ [OWN]: _mark, ...settings }: Fields): Record<string, unknown> {
  return settings;
}
