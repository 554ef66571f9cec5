/** The table of `litellm_params` that say how a deployment is reached, paid and routed; all others are defaults of each request. */

import { isPriceField } from "../pricing/overlay.ts";

/** Whose change makes another account of it; secrets among them never count towards a deployment's id. */
const credentialKeys: readonly string[] = [
  "api_key",
  "api_base",
  "base_url",
  "azure_ad_token",
  "azure_username",
  "azure_password",
  "azure_scope",
  "enable_azure_ad_token_refresh",
  "tenant_id",
  "client_id",
  "client_secret",
  "region_name",
  "litellm_credential_name",
  "token",
  "username",
  "password",
  "use_psc_endpoint_format",
];

const credentialPrefixes: readonly string[] = [
  "aws_",
  "vertex_",
  "oci_",
  "watsonx_",
  "snowflake_",
  "databricks_",
  "predibase_",
  "gigachat_",
];

const otherKeys: readonly string[] = [
  // where and as what
  "model",
  "custom_llm_provider",
  "api_version",
  "base_model",
  "organization",
  "project",
  "project_id",
  "space_id",
  "adapter_id",
  "model_id",
  "account_id",
  "deployment_id",
  "hf_model_name",
  "sagemaker_base_url",
  "gcs_bucket_name",
  "use_litellm_proxy",
  "use_chat_completions_api",
  "use_in_pass_through",
  // what is sent along
  "headers",
  "extra_headers",
  "extra_body",
  "extra_query",
  "stream",
  "drop_params",
  "additional_drop_params",
  "allowed_openai_params",
  "modify_params",
  "disable_stop_sequence_limit",
  "disable_add_transform_inline_image_block",
  "merge_reasoning_content_in_choices",
  "cache_control_injection_points",
  // routing
  "rpm",
  "tpm",
  "itpm",
  "otpm",
  "weight",
  "order",
  "max_parallel_requests",
  "timeout",
  "stream_timeout",
  "max_retries",
  "num_retries",
  "cooldown_time",
  "tags",
  "tag_regex",
  "fallbacks",
  "context_window_fallbacks",
  "content_policy_fallbacks",
  "disable_fallbacks",
  "silent_model",
  "keepalive_seconds",
  "provider_affinity_header",
  "caching",
  "cache",
  "no-log",
  // money
  "max_budget",
  "budget_duration",
  "default_api_key_tpm_limit",
  "default_api_key_rpm_limit",
  "max_file_size_mb",
  // access and add-ons
  "configurable_clientside_auth_params",
  "ssl_verify",
  "ssl_certificate",
  "guardrails",
  "vector_store_id",
  "vector_store_ids",
  "prompt_id",
  "prompt_integration",
  "prompt_variables",
  "ignore_prompt_manager_model",
  "model_info",
  "callbacks",
  "success_callback",
  "failure_callback",
  // templates of text prompts
  "initial_prompt_value",
  "roles",
  "final_prompt_value",
  "bos_token",
  "eos_token",
  "supports_system_message",
  "user_continue_message",
  "assistant_continue_message",
];

const otherPrefixes: readonly string[] = [
  "litellm_",
  "mock_",
  "s3_",
  "auto_router_",
  "complexity_router_",
  "adaptive_router_",
  "quality_router_",
];

const SECRET = /key|secret|token|password|credential/;

const credentials = new Set(credentialKeys);
const others = new Set(otherKeys);

export function isCredentialKey(name: string): boolean {
  return credentials.has(name) || credentialPrefixes.some((prefix) => name.startsWith(prefix));
}

/** Secrets rotate; a deployment's id should not. */
export function isSecretKey(name: string): boolean {
  return isCredentialKey(name) && SECRET.test(name);
}

/** False for what travels with each request as a default of its body. */
export function isDeploymentKey(name: string): boolean {
  return others.has(name) || isCredentialKey(name) || otherPrefixes.some((prefix) => name.startsWith(prefix)) || isPriceField(name);
}
