/** Settings of LiteLLM that are known and taken without complaint, but that nothing obeys yet. Data: a key moves to schema.ts when it comes into force. */

const words = (text: string): readonly string[] => text.trim().split(/\s+/);

/** Names by the path of the map they stand in (`*`: any name or position). */
export const acceptedKeys: Readonly<Record<string, readonly string[]>> = {
  "": words(`
    guardrails policies policy_attachments mcp_servers search_tools vector_store_registry prompts callback_settings files_settings
    finetune_settings assistant_settings default_vertex_config worker_registry mcp_tools agent_list`),
  litellm_settings: words(`
    callbacks success_callback failure_callback service_callback service_callbacks audit_log_callbacks store_audit_logs
    cache cache_params enable_redis_auth_cache enable_caching_on_provider_specific_optional_params
    default_team_settings
    enable_key_alias_format_validation tag_budget_config priority_reservation priority_reservation_settings
    cost_discount_config cost_margin_config disable_end_user_cost_tracking disable_end_user_cost_tracking_prometheus_only
    enable_end_user_cost_tracking_prometheus_only extra_spend_tag_headers disable_add_user_agent_to_request_tags
    redact_user_api_key_info redact_messages_in_exceptions log_raw_request_response global_disable_no_log_param
    langfuse_default_tags langsmith_batch_size s3_callback_params aws_sqs_callback_params datadog_params datadog_llm_observability_params
    dynamodb_table_name argilla_transformation_object cold_storage_custom_logger
    prometheus_initialize_budget_metrics prometheus_emit_stream_label prometheus_metrics_config custom_prometheus_metadata_labels
    custom_prometheus_tags require_auth_for_metrics_endpoint
    model_group_settings forward_traceparent_to_llm_provider add_user_information_to_llm_headers return_response_headers
    forward_llm_provider_auth_headers public_model_groups public_model_groups_links public_agent_groups public_mcp_servers
    check_provider_endpoint enable_json_schema_validation route_all_chat_openai_to_responses
    use_chat_completions_url_for_anthropic_messages reasoning_auto_summary custom_provider_map mcp_aliases mcp_semantic_tool_filter
    global_prompt_directory global_bitbucket_config global_gitlab_config
    guardrails llamaguard_model_name google_moderation_confidence_threshold toxic_confidence_threshold llm_guard_mode banned_keywords_list
    blocked_user_list azure_content_safety_params prompt_injection_params skip_system_message_in_guardrail
    allow_dynamic_callback_disabling ssl_security_level ssl_ecdh_curve force_ipv4 disable_hf_tokenizer_download
    enable_loadbalancing_on_batch_endpoints logged_real_time_event_types vertex_project vertex_location vertex_ai_safety_settings
    enable_model_config_credential_overrides ui_theme_config network_mock
    api_key api_base organization headers model_alias_map custom_prompt_dict suppress_debug_info disable_aiohttp_transport`),
  "litellm_settings.cache_params": words(`
    type mode ttl default_in_memory_ttl default_in_redis_ttl namespace supported_call_types
    host port password username db url ssl ssl_cert_reqs ssl_check_hostname max_connections redis_startup_nodes service_name sentinel_nodes
    sentinel_password gcp_service_account gcp_ssl_ca_certs redis_flush_size
    similarity_threshold redis_semantic_cache_embedding_model qdrant_semantic_cache_embedding_model qdrant_api_base qdrant_api_key
    qdrant_collection_name qdrant_quantization_config qdrant_semantic_cache_vector_size
    s3_bucket_name s3_region_name s3_api_version s3_use_ssl s3_verify s3_endpoint_url s3_aws_access_key_id s3_aws_secret_access_key
    s3_aws_session_token s3_path gcs_bucket_name gcs_path_service_account gcs_path azure_account_url azure_blob_container disk_cache_dir`),
  general_settings: words(`
    database_connection_pool_timeout
    supported_db_objects
    custom_auth_settings custom_auth_run_common_checks custom_key_generate custom_key_update custom_sso custom_ui_sso_sign_in_handler
    enable_oauth2_auth enable_oauth2_proxy_auth oauth2_config_mappings
    allowed_routes public_routes enforce_rbac role_permissions
    ui_access_mode auto_redirect_ui_login_to_sso
    completion_model embedding_model image_generation_model moderation_model infer_model_from_keys
    max_parallel_requests
    max_response_size_mb allow_user_auth
    forward_client_headers_to_llm_api forward_openai_org_id forward_llm_provider_auth_headers always_include_stream_usage
    service_account_settings pass_through_endpoints use_client_credentials_pass_through_routes
    store_prompts_in_cold_storage
    maximum_spend_logs_retention_interval maximum_spend_logs_cleanup_cron
    proxy_batch_polling_interval
    use_redis_transaction_buffer disable_reset_budget disable_budget_reservation fail_closed_budget_enforcement
    disable_master_key_return disable_adding_master_key_hash_to_db disable_retry_on_max_parallel_request_limit_error
    disable_responses_id_security disable_prisma_schema_update
    background_health_checks health_check_interval health_check_details health_check_concurrency use_shared_health_check
    enable_health_check_routing health_check_staleness_threshold health_check_ignore_transient_errors
    alerting alerting_threshold alert_types alert_to_webhook_url alerting_args alert_type_config spend_report_frequency
    key_management_system key_management_settings use_azure_key_vault use_google_kms
    user_mcp_management_mode enable_mcp_registry mcp_client_side_auth_header_name mcp_internal_ip_ranges mcp_trusted_proxy_ranges
    mcp_required_fields require_end_user_mcp_access_defined search_tools control_plane_url block_robots`),
  "general_settings.pass_through_endpoints.*": words(`
    path target include_subpath methods auth forward_headers headers default_query_params cost_per_request guardrails`),
  "general_settings.litellm_jwtauth": words(`
    admin_jwt_scope admin_allowed_routes team_id_jwt_field team_ids_jwt_field team_alias_jwt_field team_id_default team_allowed_routes
    team_id_upsert user_id_jwt_field user_email_jwt_field user_id_upsert user_allowed_email_domain user_roles_jwt_field user_allowed_roles
    user_allowed_routes org_id_jwt_field org_alias_jwt_field end_user_id_jwt_field object_id_jwt_field roles_jwt_field role_mappings
    jwt_litellm_role_map scope_mappings enforce_rbac enforce_scope_based_access enforce_team_based_model_access sync_user_role_and_teams
    public_key_ttl oidc_userinfo_enabled oidc_userinfo_endpoint oidc_userinfo_cache_ttl custom_validate virtual_key_claim_field
    virtual_key_mapping_cache_ttl jwt_client_id_field unregistered_jwt_client_behavior routing_overrides`),
  router_settings: words(`
    routing_strategy_args routing_groups enable_pre_call_checks optional_pre_call_checks deployment_affinity_ttl_seconds
    model_group_affinity_config enable_tag_filtering tag_filtering_match_any redis_db
    cache_kwargs cache_responses caching_groups client_ttl provider_budget_config default_max_parallel_requests default_priority
    polling_interval ignore_invalid_deployments assistants_config alerting_config search_tools guardrail_list router_general_settings
    enable_health_check_routing health_check_staleness_threshold`),
  "model_list.*": [],
  "guardrails.*": words("guardrail_name guardrail_id litellm_params guardrail_info"),
  "policy_attachments.*": words("policy scope teams keys models tags"),
  "policies.*": words("description inherit guardrails condition pipeline"),
  "search_tools.*": words("search_tool_name litellm_params search_tool_info"),
  "vector_store_registry.*": words("vector_store_name litellm_params"),
  "prompts.*": words("prompt_id litellm_params prompt_info"),
  "mcp_servers.*": words(`
    url command args env spec_path transport alias description instructions mcp_info auth_type auth_value authentication_token
    client_id client_secret scopes authorization_url token_url registration_url extra_headers static_headers access_groups allow_all_keys
    available_on_public_internet allowed_tools disallowed_tools allowed_params tool_name_to_display_name tool_name_to_description
    delegate_auth_to_upstream is_byok byok_description byok_api_key_help_url spec_version server_id`),
};

/** Of the maps that take any key: those that mean something to LiteLLM and nothing to us yet. */
export const acceptedInOpenMaps: Readonly<Record<string, readonly string[]>> = {
  "model_list.*.litellm_params": words(`
    tags tag_regex max_budget budget_duration silent_model cache_control_injection_points max_parallel_requests itpm otpm
    use_in_pass_through use_litellm_proxy use_chat_completions_api merge_reasoning_content_in_choices max_file_size_mb guardrails
    vector_store_ids vector_store_id prompt_id prompt_integration prompt_variables ignore_prompt_manager_model
    auto_router_config auto_router_config_path auto_router_default_model auto_router_embedding_model complexity_router_config
    complexity_router_default_model adaptive_router_config initial_prompt_value roles final_prompt_value bos_token eos_token
    supports_system_message user_continue_message assistant_continue_message keepalive_seconds default_api_key_tpm_limit
    default_api_key_rpm_limit`),
  "model_list.*.model_info": words(`
    tier access_windows discoverable enable_tag_filtering health_check_max_tokens_reasoning health_check_max_tokens_non_reasoning health_check_voice
    disable_background_health_check custom_tokenizer`),
};
