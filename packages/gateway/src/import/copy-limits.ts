/** LiteLLM's budgets, tags, customers and access groups. */

import { type Copy, type Scene, type SpentThere, settingsOf, stampsOf } from "./copy.ts";
import { amountOf, type Fields, momentOf, said, textOf } from "./fields.ts";

const limits = ["max_budget", "soft_budget", "max_parallel_requests", "tpm_limit", "rpm_limit", "model_max_budget", "budget_duration"];

/** The spend of somebody whose window is their own, or else that of the budget they share. */
export function spentOf(level: SpentThere["level"], id: string, there: Fields, { budgets }: Scene): SpentThere | undefined {
  const dollars = amountOf(there["spend"]) ?? 0;
  if (dollars <= 0) return undefined;
  const shared = budgets.get(String(there["budget_id"]));
  const own = textOf(there["budget_duration"]);
  const from = own === undefined && shared ? shared : there;
  return { level, id, dollars, duration: textOf(from["budget_duration"]), until: momentOf(from["budget_reset_at"]) };
}

const budgets: Copy = {
  thing: "budgets",
  from: "LiteLLM_BudgetTable",
  to: "budgets",
  id: ["budget_id"],
  rows(there, scene) {
    const id = String(there["budget_id"]);
    const settings = settingsOf(there, [...limits, "allowed_models"], scene, "budgets", id);
    return [{ row: { budget_id: id, settings, ...stampsOf(there, scene) } }];
  },
};

const customers: Copy = {
  thing: "customers",
  from: "LiteLLM_EndUserTable",
  to: "customers",
  id: ["user_id"],
  rows(there, scene) {
    const id = String(there["user_id"]);
    const row = {
      user_id: id,
      alias: textOf(there["alias"]) ?? null,
      blocked: there["blocked"] === true,
      budget_id: textOf(there["budget_id"]) ?? null,
      settings: settingsOf(there, ["allowed_model_region", "default_model"], scene, "customers", id),
      ...stampsOf(there, scene),
    };
    return [{ row, spent: spentOf("customer", id, there, scene) }];
  },
};

const tags: Copy = {
  thing: "tags",
  from: "LiteLLM_TagTable",
  to: "tags",
  id: ["tag_name"],
  rows(there, scene) {
    const id = String(there["tag_name"]);
    const settings = settingsOf(there, ["description", "models", "model_info"], scene, "tags", id);
    const row = { tag_name: id, budget_id: textOf(there["budget_id"]) ?? null, settings, ...stampsOf(there, scene) };
    return [{ row, spent: spentOf("tag", id, there, scene) }];
  },
};

const accessGroups: Copy = {
  thing: "access groups",
  from: "LiteLLM_AccessGroupTable",
  to: "access_groups",
  id: ["access_group_id"],
  rows(there, scene) {
    const id = String(there["access_group_id"]);
    const settings = said(there, [
      ...["description", "access_model_names", "access_mcp_server_ids", "access_agent_ids"],
      ...["assigned_team_ids", "assigned_key_ids"],
    ]);
    return [
      { row: { access_group_id: id, access_group_name: textOf(there["access_group_name"]) ?? id, settings, ...stampsOf(there, scene) } },
    ];
  },
};

export const limitCopies: readonly Copy[] = [budgets, customers, tags, accessGroups];
