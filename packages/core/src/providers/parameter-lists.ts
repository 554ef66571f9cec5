/** Which provider takes which of OpenAI's parameters: lists of words, as data. A provider that is not here takes all. */

/** What OpenAI's API takes today on models that do not reason. */
export const openaiWords =
  "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens modalities n parallel_tool_calls prediction " +
  "presence_penalty prompt_cache_key prompt_cache_retention response_format safety_identifier seed service_tier stop store stream stream_options " +
  "temperature tool_choice tools top_logprobs top_p user web_search_options";

/** o1, o3, o4 …: they reason, and take no sampling beside temperature 1. */
export const oSeriesWords =
  "audio function_call functions logit_bias max_completion_tokens max_tokens modalities n parallel_tool_calls prediction prompt_cache_key " +
  "prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier stop store stream stream_options temperature " +
  "tool_choice tools user verbosity web_search_options";

/** gpt-5 and later; logprobs and top_p only where they can be asked not to reason. */
export const gpt5Words =
  "function_call functions max_completion_tokens max_tokens n parallel_tool_calls prompt_cache_key prompt_cache_retention reasoning_effort " +
  "response_format safety_identifier seed service_tier store stream stream_options temperature tool_choice tools user verbosity";
export const gpt5SamplingWords = "logprobs top_logprobs top_p";

const sampling = "max_tokens stream temperature top_p";
const withTools = `${sampling} max_completion_tokens stop tools tool_choice`;
const mistral = `${withTools} parallel_tool_calls response_format seed`;
const claude = `${withTools} cache_control context_management parallel_tool_calls response_format speed user web_search_options`;
const gemini =
  `${withTools} frequency_penalty functions include_server_side_tool_invocations logprobs modalities n parallel_tool_calls presence_penalty ` +
  "response_format seed service_tier web_search_options";
const cohere = `${withTools} frequency_penalty functions function_call presence_penalty response_format seed`;
const jamba = `${withTools} n response_format seed`;
const ollama = `${sampling} frequency_penalty max_completion_tokens reasoning_effort response_format seed stop`;
const watsonx = `${sampling} frequency_penalty logprobs n presence_penalty reasoning_effort response_format seed stop tool_choice tools top_logprobs`;
const textCompletion =
  `${sampling} frequency_penalty function_call functions logit_bias logprobs n presence_penalty response_format seed stop stream_options ` +
  "tool_choice tools top_logprobs user max_completion_tokens";
const fireworks =
  `${withTools} context_length_exceeded_behavior echo frequency_penalty ignore_eos logit_bias logprobs min_p mirostat_lr mirostat_target n ` +
  "parallel_tool_calls perf_metrics_in_response prediction presence_penalty prompt_cache_isolation_key prompt_cache_key prompt_truncate_len " +
  "raw_output reasoning_effort repetition_penalty response_format seed service_tier speculation stream_options thinking top_k top_logprobs typical_p user";

export const chatLists: Readonly<Record<string, string>> = {
  a2a: sampling,
  aleph_alpha: `${sampling} frequency_penalty max_completion_tokens n presence_penalty stop`,
  ai21: jamba,
  ai21_chat: jamba,
  amazon_nova: `${withTools} metadata reasoning_effort stream_options`,
  anthropic: claude,
  anthropic_text: `${sampling} max_completion_tokens stop user`,
  azure_text: textCompletion,
  baseten: `${withTools} frequency_penalty presence_penalty response_format seed stream_options user`,
  bytez: `${sampling} max_completion_tokens n`,
  cerebras: `${withTools} response_format seed user`,
  clarifai: `${sampling} frequency_penalty max_completion_tokens presence_penalty response_format stream_options tool_choice tools`,
  codestral: mistral,
  cohere,
  cohere_chat: cohere,
  databricks: `${withTools} n response_format thinking reasoning_effort`,
  deepinfra: `${withTools} frequency_penalty function_call functions logit_bias n presence_penalty response_format`,
  featherless_ai: `${withTools} frequency_penalty function_call functions logit_bias n presence_penalty`,
  fireworks_ai: fireworks,
  gemini,
  gigachat: `${withTools} function_call functions`,
  gradient_ai:
    `${sampling} filter_kb_content_by_query_metadata frequency_penalty include_functions_info include_guardrails_info include_retrieval_info ` +
    "instruction_override k kb_filters max_completion_tokens presence_penalty provide_citations retrieval_method stop stream_options",
  groq: openaiWords.replace(" web_search_options", ""),
  hyperbolic: `${sampling} frequency_penalty n presence_penalty response_format seed stop tool_choice tools user`,
  inception: `${withTools} diffusing realtime reasoning_effort reasoning_summary response_format stream_options`,
  langflow: "stream",
  langgraph: "stream",
  maritalk: `${sampling} frequency_penalty n presence_penalty stop stream_options tool_choice tools top_k`,
  mistral,
  morph: "stream max_tokens temperature",
  nadir: `${sampling} frequency_penalty presence_penalty response_format`,
  nlp_cloud: `${sampling} frequency_penalty n presence_penalty stop`,
  nscale: `${sampling} frequency_penalty logit_bias logprobs n presence_penalty response_format stop top_logprobs`,
  nvidia_nim: `${withTools} frequency_penalty parallel_tool_calls presence_penalty response_format seed`,
  oci: `${withTools} frequency_penalty logit_bias logprobs n presence_penalty reasoning_effort response_format seed`,
  ollama,
  ollama_chat: `${ollama} functions tool_choice tools`,
  perplexity: `${sampling} frequency_penalty max_completion_tokens presence_penalty response_format web_search_options`,
  petals: sampling,
  predibase: `${sampling} max_completion_tokens n response_format stop`,
  replicate: `${sampling} seed stop`,
  sagemaker: `${sampling} max_completion_tokens n stop`,
  sail:
    "audio function_call functions max_completion_tokens max_tokens modalities n parallel_tool_calls prediction prompt_cache_key prompt_cache_retention " +
    "reasoning_effort response_format safety_identifier service_tier store stream stream_options temperature tool_choice tools top_p user web_search_options",
  sap:
    `${withTools} frequency_penalty logit_bias logprobs n parallel_tool_calls prediction presence_penalty response_format seed ` +
    "stream_options top_logprobs",
  sambanova: `${withTools} parallel_tool_calls response_format stream_options top_k`,
  snowflake: `${sampling} max_completion_tokens tool_choice tools`,
  "text-completion-codestral": `${sampling} max_completion_tokens seed stop suffix`,
  "text-completion-inception":
    "frequency_penalty max_completion_tokens max_tokens presence_penalty stop stream stream_options suffix top_p",
  "text-completion-openai": textCompletion,
  triton: "max_completion_tokens max_tokens",
  v0: "stream tools tool_choice max_completion_tokens",
  vertex_ai: `${gemini} audio top_k top_logprobs`,
  vertex_ai_beta: `${gemini} audio top_k top_logprobs`,
  volcengine:
    `${withTools} frequency_penalty function_call functions logit_bias logprobs n parallel_tool_calls presence_penalty response_format seed ` +
    "stream_options thinking reasoning_effort service_tier top_logprobs",
  watsonx,
  watsonx_text: `${sampling} frequency_penalty seed stop`,
  xai:
    `${withTools} logit_bias logprobs n parallel_tool_calls response_format seed stream_options ` +
    "frequency_penalty presence_penalty reasoning_effort search_parameters top_logprobs user web_search_options",
  zai: `${withTools} do_sample reasoning_effort response_format stream_options thinking user`,
};

/** Servers of one's own, and gateways: nobody but they can say what they take. */
export const takesAll = new Set(
  "custom custom_openai docker_model_runner hosted_vllm lemonade litellm_proxy llamafile lm_studio oobabooga openai_like ragflow vllm xinference".split(
    " ",
  ),
);

/** Beyond OpenAI's own, for providers without a list. */
export const chatMore: Readonly<Record<string, string>> = {
  deepseek: "thinking",
  minimax: "reasoning_split thinking",
  moonshot: "thinking",
  openrouter: "thinking",
};

/** What a model that reasons takes beyond its provider's list. */
export const reasoningMore: Readonly<Record<string, string>> = {
  anthropic: "reasoning_effort thinking",
  gemini: "reasoning_effort thinking",
  groq: "reasoning_effort web_search_options",
  mistral: "reasoning_effort thinking",
  codestral: "reasoning_effort thinking",
  cohere: "reasoning_effort thinking",
  cohere_chat: "reasoning_effort thinking",
  perplexity: "reasoning_effort",
  vertex_ai: "reasoning_effort thinking",
  vertex_ai_beta: "reasoning_effort thinking",
};

export const embedLists: Readonly<Record<string, string>> = {
  cohere: "dimensions encoding_format",
  cohere_chat: "dimensions encoding_format",
  codestral: "encoding_format output_dimension",
  fireworks_ai: "dimensions encoding_format",
  huggingface: "encoding_format",
  oci: "dimensions encoding_format",
  infinity: "dimensions encoding_format modality",
  jina_ai: "dimensions encoding_format",
  mistral: "encoding_format output_dimension",
  nvidia_nim: "dimensions encoding_format user",
  sap: "dimensions encoding_format",
  snowflake: "encoding_format",
  triton: "encoding_format",
  vertex_ai: "dimensions",
  vertex_ai_beta: "dimensions",
  voyage: "dimensions encoding_format",
  watsonx: "encoding_format",
  watsonx_text: "encoding_format",
};

const whisper = "language prompt response_format stream temperature timestamp_granularities";

export const transcribeLists: Readonly<Record<string, string>> = {
  mistral: "language response_format stream temperature timestamp_granularities",
  ovhcloud: whisper,
  scaleway: whisper,
};
