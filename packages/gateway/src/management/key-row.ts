/** A key's row as LiteLLM's replies show it. */

import type { Selectable } from "kysely";
import { dollarsOf } from "tollgate/parts";
import type { KeysTable } from "../store/tables.ts";
import { type Spent, type SpentContext, spentOf } from "./spent.ts";

export type KeyRow = Selectable<KeysTable>;
type Settings = Readonly<Record<string, unknown>>;

/** What a key without them answers with: clients expect these to be there. */
const empty: Settings = {
  models: [],
  aliases: {},
  config: {},
  permissions: {},
  metadata: {},
  allowed_cache_controls: [],
  allowed_routes: [],
  model_max_budget: {},
  model_spend: {},
  max_parallel_requests: null,
  tpm_limit: null,
  rpm_limit: null,
  max_budget: null,
  soft_budget: null,
  budget_duration: null,
  budget_limits: null,
  agent_id: null,
};

export async function shownKeys(rows: readonly KeyRow[], context: SpentContext) {
  const budgets = await sharedBudgets(rows, context.sql);
  const limits = rows.map((row): Settings => ({ ...(row.budget_id === null ? {} : budgets.get(row.budget_id)), ...row.settings }));
  const spent = await spentOf(
    rows.map((row, at) => ({ level: "key" as const, id: row.token, duration: textOf(limits[at]?.["budget_duration"]) })),
    context,
  );
  return rows.map((row, at) => shown(row, spent[at], row.budget_id === null ? undefined : budgets.get(row.budget_id)));
}

function shown(row: KeyRow, spent: Spent | undefined, budget: Settings | undefined) {
  const { settings, ...columns } = row;
  const own = settings as Settings;
  return {
    ...empty,
    ...own,
    ...columns,
    models: (own["models"] ?? []) as string[],
    metadata: (own["metadata"] ?? {}) as Record<string, unknown>,
    max_budget: numberOf(own["max_budget"]),
    tpm_limit: numberOf(own["tpm_limit"]),
    rpm_limit: numberOf(own["rpm_limit"]),
    max_parallel_requests: numberOf(own["max_parallel_requests"]),
    budget_duration: textOf(own["budget_duration"]) ?? null,
    object_permission: (own["object_permission"] ?? null) as Record<string, unknown> | null,
    spend: dollarsOf(spent?.nano ?? 0n),
    budget_reset_at: spent?.resetsAt ?? null,
    litellm_budget_table: row.budget_id === null || !budget ? null : { budget_id: row.budget_id, ...budget },
  };
}
export type ShownKey = ReturnType<typeof shown>;

export async function sharedBudgets(
  rows: readonly { readonly budget_id: string | null }[],
  sql: SpentContext["sql"],
): Promise<ReadonlyMap<string, Settings>> {
  const ids = [...new Set(rows.map((row) => row.budget_id).filter((id) => id !== null))];
  if (ids.length === 0) return new Map();
  const found = await sql.selectFrom("budgets").select(["budget_id", "settings"]).where("budget_id", "in", ids).execute();
  return new Map(found.map((each) => [each.budget_id, each.settings]));
}

export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function numberOf(value: unknown): number | null {
  return typeof value === "number" ? value : null;
}
