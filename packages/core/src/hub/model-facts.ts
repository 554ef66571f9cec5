/** What is known about a model beyond its name: limits, abilities, prices. A row of the price book, overlaid by `model_info`. */

/**
 * Fields are those of LiteLLM's cost map (US dollars per token, image, second …; `supports_…` flags), so that
 * custom prices in `model_info` and `litellm_params` need no translation. Empty for a model nobody described.
 */
export interface ModelFacts {
  readonly mode?: string;
  readonly litellm_provider?: string;
  readonly max_tokens?: number;
  readonly max_input_tokens?: number;
  readonly max_output_tokens?: number;
  readonly input_cost_per_token?: number;
  readonly output_cost_per_token?: number;
  readonly supports_reasoning?: boolean;
  readonly supports_function_calling?: boolean;
  readonly supports_vision?: boolean;
  readonly supports_response_schema?: boolean;
  readonly supports_native_structured_output?: boolean;
  readonly supports_adaptive_thinking?: boolean;
  readonly supports_legacy_thinking?: boolean;
  readonly supports_sampling_params?: boolean;
  readonly default_reasoning_effort?: string;
  readonly reasoning_effort_levels?: readonly string[];
  readonly [field: string]: unknown;
}
