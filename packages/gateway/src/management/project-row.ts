/** A project's row as LiteLLM's replies show it. */

import type { Selectable } from "kysely";
import type { ProjectsTable } from "../store/tables.ts";
import { textOf } from "./key-row.ts";
import { mapOf, shownLimits } from "./limited-row.ts";
import { withoutMark } from "./own-budget.ts";
import type { SpentContext } from "./spent.ts";

export type ProjectRow = Selectable<ProjectsTable>;

export async function shownProjects(rows: readonly ProjectRow[], context: SpentContext) {
  const limits = await shownLimits(rows, "project", (row) => row.project_id, context);
  return rows.map(({ settings, ...columns }, at) => ({
    ...withoutMark(settings),
    ...columns,
    description: textOf(settings["description"]) ?? null,
    models: limits[at]?.models ?? [],
    metadata: limits[at]?.metadata ?? {},
    spend: limits[at]?.spend ?? 0,
    model_spend: {},
    model_rpm_limit: mapOf(settings["model_rpm_limit"]) ?? {},
    model_tpm_limit: mapOf(settings["model_tpm_limit"]) ?? {},
    object_permission: limits[at]?.object_permission ?? null,
    budget_reset_at: limits[at]?.budget_reset_at ?? null,
    litellm_budget_table: limits[at]?.litellm_budget_table ?? null,
  }));
}

/** For the audit log. */
export function plainProject({ settings, ...columns }: ProjectRow): Readonly<Record<string, unknown>> {
  return { ...withoutMark(settings), ...columns };
}
