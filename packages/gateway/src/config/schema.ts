/** The settings that are in force, section by section, and the kind of each. What is only accepted stands in accepted-keys.ts. */

import * as z from "zod";
import {
  aliases,
  amount,
  count,
  counts,
  countsByName,
  fallbackLists,
  flag,
  flagOrPath,
  list,
  modelNames,
  names,
  number,
  oneOf,
  record,
  records,
  seconds,
  text,
  textOrNames,
} from "./value-types.ts";

/** Known to both `litellm_settings` and `router_settings`, where the latter wins. */
const routing = {
  num_retries: count.optional(),
  allowed_fails: count.optional(),
  cooldown_time: seconds.optional(),
  fallbacks: fallbackLists.optional(),
  context_window_fallbacks: fallbackLists.optional(),
  content_policy_fallbacks: fallbackLists.optional(),
  default_fallbacks: modelNames.optional(),
};

export const litellmSettings = z.looseObject({
  ...routing,
  drop_params: flag.optional(),
  additional_drop_params: names.optional(),
  modify_params: flag.optional(),
  request_timeout: seconds.optional(),
  ssl_verify: flagOrPath.optional(),
  ssl_certificate: textOrNames.optional(),
  ca_bundle: text.optional(),
  json_logs: flag.optional(),
  set_verbose: flag.optional(),
  max_budget: amount.optional(),
  budget_duration: text.optional(),
  timezone: text.optional(),
  max_end_user_budget: amount.optional(),
  max_end_user_budget_id: text.optional(),
  default_key_generate_params: record.optional(),
  upperbound_key_generate_params: record.optional(),
  default_internal_user_params: record.optional(),
  default_team_params: record.optional(),
  max_internal_user_budget: amount.optional(),
  internal_user_budget_duration: text.optional(),
  key_generation_settings: record.optional(),
  turn_off_message_logging: flag.optional(),
  // Nothing is ever sent home, so there is nothing to turn off.
  telemetry: z.unknown().optional(),
});

export const routerSettings = z.looseObject({
  ...routing,
  routing_strategy: text.optional(),
  retry_after: seconds.optional(),
  retry_policy: counts.optional(),
  model_group_retry_policy: countsByName.optional(),
  allowed_fails_policy: counts.optional(),
  disable_cooldowns: flag.optional(),
  max_fallbacks: count.optional(),
  timeout: seconds.optional(),
  stream_timeout: seconds.optional(),
  model_group_alias: aliases.optional(),
  redis_url: text.optional(),
  redis_host: text.optional(),
  redis_port: count.optional(),
  redis_password: text.optional(),
  default_litellm_params: record.optional(),
  set_verbose: flag.optional(),
  debug_level: text.optional(),
});

export const generalSettings = z.looseObject({
  allow_client_side_credentials: flag.optional(),
  master_key: text.optional(),
  litellm_key_header_name: text.optional(),
  max_request_size_mb: amount.optional(),
  dangerously_permit_weak_or_unset_master_key: flag.optional(),
  dangerously_allow_mock_testing_request_params: flag.optional(),
  data_dir: text.optional(),
  database_url: text.optional(),
  database_connection_pool_limit: count.optional(),
  database_connection_timeout: seconds.optional(),
  store_model_in_db: flag.optional(),
  allow_requests_on_db_unavailable: flag.optional(),
  user_api_key_cache_ttl: seconds.optional(),
  enable_jwt_auth: flag.optional(),
  litellm_jwtauth: record.optional(),
  custom_auth: text.optional(),
  allowed_ips: names.optional(),
  use_x_forwarded_for: flag.optional(),
  trusted_proxies: names.optional(),
  admin_only_routes: names.optional(),
  user_header_name: text.optional(),
  user_header_mappings: records.optional(),
  enforce_user_param: flag.optional(),
  enforced_params: names.optional(),
  reject_clientside_metadata_tags: flag.optional(),
  default_team_disabled: flag.optional(),
  global_max_parallel_requests: count.optional(),
  token_rate_limit_type: oneOf("total", "input", "output").optional(),
  skip_user_budget_on_team_key: flag.optional(),
  budget_exceeded_status: count.optional(),
  budget_edge: oneOf("shorten", "refuse", "overrun").optional(),
  budget_reserve_output_tokens: count.optional(),
  budget_wait_seconds: seconds.optional(),
  disable_spend_logs: flag.optional(),
  disable_spend_updates: flag.optional(),
  disable_error_logs: flag.optional(),
  store_prompts_in_spend_logs: flag.optional(),
  maximum_spend_logs_retention_period: text.optional(),
  proxy_batch_write_at: seconds.optional(),
  // Budgets are windows that begin and end by the calendar: no job has to reset them.
  proxy_budget_rescheduler_min_time: seconds.optional(),
  proxy_budget_rescheduler_max_time: seconds.optional(),
  spool_fsync: oneOf("grouped", "always").optional(),
  // There is no licence to check.
  litellm_license: z.unknown().optional(),
});

export const egress = z.looseObject({ allow_private: names.optional() });

/** Any other key travels to the provider or becomes a default of each request. */
export const litellmParams = z.looseObject({
  model: text,
  custom_llm_provider: text.optional(),
  api_key: text.optional(),
  api_base: text.optional(),
  base_url: text.optional(),
  api_version: text.optional(),
  litellm_credential_name: text.optional(),
  organization: textOrNames.optional(),
  headers: record.optional(),
  extra_headers: record.optional(),
  extra_body: record.optional(),
  rpm: count.optional(),
  tpm: count.optional(),
  weight: amount.optional(),
  order: number.optional(),
  timeout: seconds.optional(),
  stream_timeout: seconds.optional(),
  num_retries: count.optional(),
  max_retries: count.optional(),
  cooldown_time: seconds.optional(),
  drop_params: flag.optional(),
  modify_params: flag.optional(),
  additional_drop_params: names.optional(),
  allowed_openai_params: names.optional(),
  configurable_clientside_auth_params: list.optional(),
  mock_response: z.unknown().optional(),
  ssl_verify: flagOrPath.optional(),
  input_cost_per_token: amount.optional(),
  output_cost_per_token: amount.optional(),
  base_model: text.optional(),
});

export const modelInfo = z.looseObject({
  health_check_model: text.optional(),
  health_check_timeout: seconds.optional(),
  health_check_max_tokens: count.optional(),
  id: text.optional(),
  mode: text.optional(),
  base_model: text.optional(),
  supported_environments: names.optional(),
  input_cost_per_token: amount.optional(),
  output_cost_per_token: amount.optional(),
});

export const modelRow = z.looseObject({ model_name: text, litellm_params: litellmParams, model_info: modelInfo.optional() });

export const credential = z.looseObject({ credential_name: text, credential_values: record.optional() });

export type LitellmSettings = z.output<typeof litellmSettings>;
export type GeneralSettings = z.output<typeof generalSettings>;
export type ModelRow = z.output<typeof modelRow>;
export type Credential = z.output<typeof credential>;
/** `router_settings` and the fields that `litellm_settings` shares with it. */
export type RoutingSettings = z.output<typeof routerSettings>;

/** Names in force, by the path of the map they stand in (`*`: any name or position). */
export const inForceKeys: Readonly<Record<string, readonly string[]>> = {
  "": [
    "model_list",
    "litellm_settings",
    "general_settings",
    "router_settings",
    "environment_variables",
    "credential_list",
    "include",
    "egress",
  ],
  litellm_settings: Object.keys(litellmSettings.shape),
  router_settings: Object.keys(routerSettings.shape),
  general_settings: Object.keys(generalSettings.shape),
  egress: Object.keys(egress.shape),
  "model_list.*": Object.keys(modelRow.shape),
  "credential_list.*": ["credential_name", "credential_values", "credential_info"],
};
