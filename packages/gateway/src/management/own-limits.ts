/** Limits of one's own where no budget is shared, told as a budget: clients look for them in `litellm_budget_table`. */

import type { Level } from "../access/principal.ts";
import { type LimitedRow, shownLimits } from "./limited-row.ts";
import type { SpentContext } from "./spent.ts";

/** What a budget consists of, under its names in requests. */
export const limitFields = [
  "max_budget",
  "soft_budget",
  "max_parallel_requests",
  "tpm_limit",
  "rpm_limit",
  "tpd_limit",
  "budget_duration",
  "model_max_budget",
] as const;

type Fields = Readonly<Record<string, unknown>>;

export async function shownWithBudget<Row extends LimitedRow>(
  rows: readonly Row[],
  level: Level,
  idOf: (row: Row) => string,
  context: SpentContext,
) {
  const limits = await shownLimits(rows, level, idOf, context);
  return limits.map((each, at) => {
    const own = limitsIn(rows[at]?.settings ?? {});
    const shared = each.litellm_budget_table;
    const table = shared === null && Object.keys(own).length === 0 ? null : { budget_id: "", ...shared, ...own };
    return { ...each, litellm_budget_table: table && { ...table, budget_reset_at: each.budget_reset_at } };
  });
}

function limitsIn(settings: Fields): Record<string, unknown> {
  return Object.fromEntries(limitFields.flatMap((name) => ((settings[name] ?? null) === null ? [] : [[name, settings[name]]])));
}
