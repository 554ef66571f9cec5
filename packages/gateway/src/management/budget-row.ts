/** A shared budget as it is told, and whether it is there. */

import type { Selectable } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { Database } from "../store/database.ts";
import type { BudgetsTable } from "../store/tables.ts";
import { numberOf, textOf } from "./key-row.ts";
import { mapOf } from "./limited-row.ts";
import type { SpentContext } from "./spent.ts";

export type BudgetRow = Selectable<BudgetsTable>;

export function shownBudget({ settings, ...columns }: BudgetRow, { windows, now }: Pick<SpentContext, "windows" | "now">) {
  const duration = textOf(settings["budget_duration"]);
  const { until } = windows.at(duration, now);
  return {
    ...columns,
    max_budget: numberOf(settings["max_budget"]),
    soft_budget: numberOf(settings["soft_budget"]),
    max_parallel_requests: numberOf(settings["max_parallel_requests"]),
    tpm_limit: numberOf(settings["tpm_limit"]),
    rpm_limit: numberOf(settings["rpm_limit"]),
    tpd_limit: numberOf(settings["tpd_limit"]),
    model_max_budget: mapOf(settings["model_max_budget"]) ?? null,
    budget_duration: duration ?? null,
    budget_reset_at: until === undefined ? null : new Date(until),
  };
}

/** Throws not_found. */
export async function requireBudget(id: unknown, sql: Pick<Database["sql"], "selectFrom">): Promise<void> {
  if (typeof id !== "string" || id === "") return;
  const found = await sql.selectFrom("budgets").select("budget_id").where("budget_id", "=", id).executeTakeFirst();
  if (!found) throw notFound("budget", id);
}

/** Throws bad_request: whose limits would count is not to be guessed. */
export function refuseBoth(given: Readonly<Record<string, unknown>>): void {
  const set = (name: string): boolean => given[name] !== undefined && given[name] !== null;
  if (set("budget_id") && set("max_budget"))
    throw new GatewayError("bad_request", "Give either 'max_budget', a budget of its own, or 'budget_id', a shared one; not both.", {
      param: "budget_id",
    });
}

/** `budget_reset_at` is known to LiteLLM; here windows end by the calendar. */
export function resetWarning(given: Readonly<Record<string, unknown>>): { warnings?: string[] } {
  return given["budget_reset_at"] === undefined || given["budget_reset_at"] === null
    ? {}
    : { warnings: ["budget_reset_at is stored, but not in force: windows end by the calendar, as budget_duration says."] };
}
