/** What all who have limits show of them: the limits, the spend, the end of the window, the budget that they share. */

import { dollarsOf } from "tollgate/parts";
import type { Level } from "../access/principal.ts";
import { numberOf, sharedBudgets, textOf } from "./key-row.ts";
import { type SpentContext, spentOf } from "./spent.ts";

type Fields = Readonly<Record<string, unknown>>;

export interface LimitedRow {
  readonly settings: Fields;
  readonly budget_id: string | null;
}

export interface ShownLimits {
  readonly models: string[];
  readonly metadata: Record<string, unknown>;
  readonly max_budget: number | null;
  readonly soft_budget: number | null;
  readonly tpm_limit: number | null;
  readonly rpm_limit: number | null;
  readonly max_parallel_requests: number | null;
  readonly budget_duration: string | null;
  readonly budget_reset_at: Date | null;
  readonly spend: number;
  readonly object_permission: Record<string, unknown> | null;
  readonly litellm_budget_table: ({ budget_id: string } & Record<string, unknown>) | null;
}

/** In the order of the rows, with a few queries for all. */
export async function shownLimits<Row extends LimitedRow>(
  rows: readonly Row[],
  level: Level,
  idOf: (row: Row) => string,
  context: SpentContext,
): Promise<ShownLimits[]> {
  const budgets = await sharedBudgets(rows, context.sql);
  const shared = rows.map((row) => (row.budget_id === null ? undefined : budgets.get(row.budget_id)));
  const spent = await spentOf(
    rows.map((row, at) => ({
      level,
      id: idOf(row),
      duration: textOf(row.settings["budget_duration"]) ?? textOf(shared[at]?.["budget_duration"]),
    })),
    context,
  );
  return rows.map(({ settings, budget_id }, at) => ({
    models: listOf(settings["models"]),
    metadata: mapOf(settings["metadata"]) ?? {},
    max_budget: numberOf(settings["max_budget"]),
    soft_budget: numberOf(settings["soft_budget"]),
    tpm_limit: numberOf(settings["tpm_limit"]),
    rpm_limit: numberOf(settings["rpm_limit"]),
    max_parallel_requests: numberOf(settings["max_parallel_requests"]),
    budget_duration: textOf(settings["budget_duration"]) ?? null,
    budget_reset_at: spent[at]?.resetsAt ?? null,
    spend: dollarsOf(spent[at]?.nano ?? 0n),
    object_permission: mapOf(settings["object_permission"]) ?? null,
    litellm_budget_table: budget_id === null ? null : { budget_id, ...noLimits, ...shared[at] },
  }));
}

/** Clients expect a budget's limits to be there. */
const noLimits: Fields = {
  max_budget: null,
  soft_budget: null,
  max_parallel_requests: null,
  tpm_limit: null,
  rpm_limit: null,
  tpd_limit: null,
  model_max_budget: null,
  budget_duration: null,
};

export function listOf(value: unknown): string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string") : [];
}

export function mapOf(value: unknown): Record<string, unknown> | undefined {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as Record<string, unknown>) : undefined;
}
