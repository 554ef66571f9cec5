/** Members of a client's body that are meant for the gateway and never travel. Names are LiteLLM's. */

const words = (text: string): readonly string[] => text.split(" ");

/** Taken out of every request. */
export const gatewayFields: ReadonlySet<string> = new Set(
  words(
    "metadata litellm_metadata tags fallbacks context_window_fallbacks content_policy_fallbacks context_window_fallback_dict disable_fallbacks " +
      "num_retries max_retries timeout stream_timeout request_timeout force_timeout cache caching guardrails policies disable_global_guardrails " +
      "mock_response mock_tool_calls mock_timeout mock_delay mock_testing_fallbacks mock_testing_context_fallbacks mock_testing_content_policy_fallbacks " +
      "mock_testing_rate_limit_error drop_params additional_drop_params allowed_openai_params modify_params extra_headers extra_body extra_query " +
      "user_config fastest_response priority litellm_session_id litellm_trace_id litellm_call_id litellm_params litellm_credential_name prompt_id " +
      "prompt_variables prompt_label prompt_version enable_json_schema_validation no-log retry_policy cooldown_time custom_llm_provider " +
      "proxy_server_request model_info secret_fields use_litellm_proxy merge_reasoning_content_in_choices api_key api_base base_url api_version ssl_verify " +
      "input_cost_per_token output_cost_per_token input_cost_per_second output_cost_per_second base_model",
  ),
);

/** What decides where a call goes or with whose credential: refused with 400 unless the deployment's config allows it. */
export const routingFields: ReadonlySet<string> = new Set(
  words(
    "api_key api_base base_url api_version user_config litellm_credential_name custom_llm_provider organization ssl_verify azure_ad_token " +
      "tenant_id client_id client_secret azure_authority_host aws_access_key_id aws_secret_access_key aws_session_token aws_region_name aws_profile_name " +
      "aws_role_name aws_session_name aws_web_identity_token aws_sts_endpoint aws_bedrock_runtime_endpoint aws_external_id vertex_project " +
      "vertex_location vertex_credentials vertex_ai_project vertex_ai_location vertex_ai_credentials region_name headers model_list use_litellm_proxy " +
      "proxy ssl_certificate client_cert",
  ),
);

/** All that the gateway itself reads of a body beside what is asked: most bodies have none of it, and then nothing is looked for. */
export const readFields: ReadonlySet<string> = new Set([...gatewayFields, ...routingFields, "user", "safety_identifier", "session_id"]);
