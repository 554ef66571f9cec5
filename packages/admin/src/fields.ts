/** Groups of fields that several areas share, under LiteLLM's names: limits, budgets, metadata, permissions. */

import * as z from "zod";
import { optional } from "./shapes.ts";
import { duration, flag, free, list, map, moment, money, moneyOrText, name, nameOrEmpty, names, oneOf, whole } from "./values.ts";

const limitTypes = ["guaranteed_throughput", "best_effort_throughput", "dynamic"] as const;
export const limitType = oneOf(limitTypes);
export const teamLimitType = oneOf(["guaranteed_throughput", "best_effort_throughput"]);

export const rates = { tpm_limit: whole, rpm_limit: whole };
export const perModelRates = { model_rpm_limit: map(whole), model_tpm_limit: map(whole) };

/** `{model: dollars}` or `{model: {max_budget | budget_limit, budget_duration | time_period, rpm_limit, tpm_limit}}`. */
const modelBudget = z.union(
  [
    moneyOrText,
    // Closed: a limit whose name is misspelt would be none.
    z.strictObject({
      ...optional({ max_budget: moneyOrText, budget_limit: moneyOrText, budget_duration: duration, time_period: duration }),
      ...optional({ ...rates, max_parallel_requests: whole }),
    }),
  ],
  "must be a number of US dollars, or an object of budget_limit (or max_budget), time_period (or budget_duration), rpm_limit and tpm_limit",
);
export const modelMaxBudget = map(modelBudget);

export const budgetWindow = z.strictObject({
  budget_duration: duration,
  max_budget: money,
  reset_at: moment.nullish(),
});

export const objectPermission = z.strictObject(
  optional({
    mcp_servers: names,
    mcp_access_groups: names,
    mcp_tool_permissions: free,
    mcp_toolsets: names,
    mcp_tool_search_enabled: flag,
    blocked_tools: names,
    vector_stores: names,
    agents: names,
    agent_access_groups: names,
    models: names,
    search_tools: names,
    skills: names,
  }),
  "must be an object",
);

const vectorStoreIndex = z.strictObject({ index_name: name, index_permissions: list(oneOf(["read", "write"])) });

/** What keys and teams have in common beside their limits. */
export const shared = {
  metadata: free,
  tags: names,
  guardrails: names,
  policies: names,
  prompts: names,
  object_permission: objectPermission,
  router_settings: free,
  access_group_ids: names,
  allowed_passthrough_routes: names,
  denied_passthrough_routes: names,
  allowed_vector_store_indexes: list(vectorStoreIndex),
  disable_global_guardrails: flag,
  default_estimated_output_tokens: whole,
  default_estimated_output_tokens_per_model: map(whole),
  mcp_rpm_limit: map(whole),
};

/** A budget row, and whatever may carry one of its own. */
export const budgetFields = {
  max_budget: money,
  soft_budget: money,
  max_parallel_requests: whole,
  ...rates,
  tpd_limit: whole,
  budget_duration: duration,
  model_max_budget: modelMaxBudget,
};

export const raise = { temp_budget_increase: money, temp_budget_expiry: duration };

/** Fields of LiteLLM's old common request of keys and users. */
export const keyAndUser = {
  key_alias: name,
  duration,
  models: list(nameOrEmpty),
  max_budget: money,
  user_id: name,
  team_id: name,
  agent_id: name,
  max_parallel_requests: whole,
  metadata: free,
  ...rates,
  budget_duration: duration,
  budget_limits: list(budgetWindow),
  allowed_cache_controls: names,
  config: free,
  permissions: free,
  model_max_budget: modelMaxBudget,
  budget_fallbacks: free,
  ...perModelRates,
  mcp_rpm_limit: map(whole),
  tag_rpm_limit: map(whole),
  guardrails: names,
  policies: names,
  prompts: names,
  blocked: flag,
  aliases: map(name),
  object_permission: objectPermission,
};

/** A member of a team, as people are named: by id or by mail. */
export const person = { user_id: name.nullish(), user_email: name.nullish() };

export const userRole = oneOf(["proxy_admin", "proxy_admin_viewer", "internal_user", "internal_user_viewer"]);
