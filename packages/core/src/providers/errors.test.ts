/** What providers say when they refuse, each in its own words: bodies as their documentation or their users show them. */

import { describe, expect, it } from "vitest";
import type { GatewayError } from "../errors.ts";
import { providerNamed } from "./catalog.ts";

interface Said {
  readonly status: number;
  readonly body: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

const needs: Readonly<Record<string, object>> = {
  azure_ai: { api_base: "https://own.services.ai.azure.com" },
  bedrock: { aws_region_name: "us-east-1" },
  vertex_ai: { vertex_project: "p", vertex_location: "us-central1" },
  watsonx: { region_name: "us-south", project_id: "p" },
  sap: { deployment_id: "d", api_base: "https://own.example" },
  oci: { oci_compartment_id: "c" },
};

function told(name: string, { status, body, headers = {} }: Said): GatewayError {
  const settings = { model: "some-model", api_key: "sk", api_base: undefined, ...needs[name] };
  const service = providerNamed(name)?.serve("some-model", settings, {});
  const side = service?.sides.chat?.[0] ?? service?.sides.embed?.[0];
  if (!service || !side) throw new Error(`${name} answers no chat.`);
  const reply = { status, headers, body };
  return service.quirks?.error?.(reply) ?? side.error(reply);
}

const openai = (message: string, code: string | null = null, type = "invalid_request_error"): object => ({
  error: { message, type, param: null, code },
});
const google = (code: number, status: string, message: string, details: readonly object[] = []): object => ({
  error: { code, message, status, details },
});
const claude = (type: string, message: string): object => ({ type: "error", error: { type, message } });

describe("a prompt that is too long", () => {
  it.each<[string, number, unknown]>([
    ["openai", 400, openai("This model's maximum context length is 8192 tokens. However, you requested 9000.", "context_length_exceeded")],
    ["openai", 400, openai("Input tokens exceed the configured limit of 272000 tokens.", "string_above_max_length")],
    ["azure", 400, openai("This model's maximum context length is 8192 tokens.", "context_length_exceeded")],
    ["anthropic", 400, claude("invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum")],
    [
      "gemini",
      400,
      google(400, "INVALID_ARGUMENT", "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576)."),
    ],
    ["vertex_ai", 400, google(400, "INVALID_ARGUMENT", "Request payload size exceeds the limit: 524288000 bytes.")],
    ["bedrock", 400, { __type: "ValidationException", message: "Input is too long for requested model." }],
    ["cohere_chat", 400, { message: "too many tokens: size limit exceeded by 1000 tokens." }],
    [
      "mistral",
      400,
      {
        object: "error",
        message: "Prompt contains 40000 tokens, too large for model with 32768 maximum context length",
        type: "invalid_request_error",
      },
    ],
    ["groq", 400, openai("Please reduce the length of the messages or completion.", "context_length_exceeded")],
    ["xai", 400, { code: "invalid", error: "This model's maximum prompt length is 131072 but the request contains 140000 tokens." }],
    ["deepseek", 400, openai("This model's maximum context length is 65536 tokens.")],
    ["fireworks_ai", 400, openai("The prompt is too long: 9000, model maximum context length: 8192")],
    [
      "together_ai",
      422,
      { error: "Input validation error: `inputs` tokens + `max_new_tokens` must be <= 4097. Given: 5013", error_type: "validation" },
    ],
    ["deepinfra", 400, { detail: { error: "Requested input length 40000 exceeds maximum input length 32768" } }],
    [
      "cerebras",
      400,
      { message: "Please reduce the length of the messages. Current length is 9000 while limit is 8192", code: "context_length_exceeded" },
    ],
    ["moonshot", 400, openai("Invalid request: Your request exceeded model token limit: 8192")],
    ["minimax", 400, openai("invalid params, context window exceeds limit (2013)")],
    ["dashscope", 400, openai("Range of input length should be [1, 30720]", "invalid_parameter_error")],
    ["zai", 400, { error: { code: "1261", message: "Prompt exceeds max length" } }],
    ["volcengine", 400, openai("Total tokens of image and text exceed max message tokens", "OversizeText")],
    ["openrouter", 400, { error: { code: 400, message: "This endpoint's maximum context length is 32768 tokens." } }],
    ["github", 413, openai("Request body too large for gpt-4o model. Max size: 8000 tokens.", "tokens_limit_reached")],
    ["huggingface", 422, { error: "Input validation error: length limit exceeded", error_type: "validation" }],
    [
      "hosted_vllm",
      400,
      { object: "error", message: "The decoder prompt (length 9000) is longer than the maximum model length of 8192.", code: 400 },
    ],
    [
      "llamafile",
      400,
      openai("the request exceeds the available context size. try increasing the context size", null, "exceed_context_size_error"),
    ],
    ["ollama_chat", 400, { error: "prompt too long; exceeded max context length by 4 tokens" }],
    ["replicate", 422, { detail: "Your input is too long. Max input length is 4096 tokens, but you supplied 5000 tokens." }],
    ["nlp_cloud", 400, { detail: "Input text length should not exceed 1024 tokens" }],
    ["ai21", 422, { detail: "Prompt has too many tokens. The limit is 256000." }],
    ["aleph_alpha", 400, { error: "This is longer than the model's maximum context length.", code: "TOO_LONG" }],
    [
      "watsonx",
      400,
      {
        errors: [
          {
            code: "invalid_input_argument",
            message: "the number of input tokens 9000 cannot exceed the total tokens limit 8192 for this model",
          },
        ],
      },
    ],
    ["databricks", 400, { error_code: "BAD_REQUEST", message: "Input is too long for requested model." }],
    ["sap", 400, { error: { code: 400, message: "This model's maximum context length is 8192 tokens.", location: "LLM Module" } }],
    ["oci", 400, { code: "400", message: "This model's maximum context length is 128000 tokens." }],
  ])("of %s (%i) is context_window, told as 400", (name, status, body) => {
    expect(told(name, { status, body })).toMatchObject({ kind: "context_window", status: 400 });
  });
});

describe("a content policy that refuses", () => {
  it.each<[string, number, unknown]>([
    ["openai", 400, openai("Your request was rejected as a result of our safety system.", "content_policy_violation")],
    ["openai", 400, openai("Invalid prompt: your prompt was flagged as potentially violating our usage policy.", "invalid_prompt")],
    [
      "azure",
      400,
      openai("The response was filtered due to the prompt triggering Azure OpenAI's content management policy.", "content_filter"),
    ],
    ["anthropic", 400, claude("invalid_request_error", "Output blocked by content filtering policy")],
    ["gemini", 400, google(400, "INVALID_ARGUMENT", "The response was blocked.")],
    ["deepseek", 400, openai("Content Exists Risk")],
    ["dashscope", 400, openai("Input data may contain inappropriate content.", "data_inspection_failed")],
    [
      "openrouter",
      403,
      {
        error: {
          code: 403,
          message: "Your chosen model requires moderation and your input was flagged.",
          metadata: { reasons: ["violence"] },
        },
      },
    ],
    [
      "volcengine",
      400,
      openai("The request failed because the input text may contain sensitive information.", "InputTextSensitiveContentDetected"),
    ],
    ["cohere", 498, { message: "blocked: your request was refused" }],
  ])("of %s (%i) is content_policy, told as 400", (name, status, body) => {
    expect(told(name, { status, body })).toMatchObject({ kind: "content_policy", status: 400 });
  });
});

describe("a limit", () => {
  const retryInfo = { "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.5s" };
  it.each<[string, Said, number | undefined]>([
    ["openai", { status: 429, body: openai("Rate limit reached for gpt-4o. Please try again in 6.5s.", "rate_limit_exceeded") }, 6_500],
    ["openai", { status: 429, body: openai("Slow down."), headers: { "retry-after-ms": "1250", "retry-after": "2" } }, 1_250],
    ["azure", { status: 429, body: openai("Exceeded token rate limit. Please retry after 26 seconds.") }, 26_000],
    ["anthropic", { status: 429, body: claude("rate_limit_error", "Too many."), headers: { "retry-after": "12" } }, 12_000],
    ["gemini", { status: 429, body: google(429, "RESOURCE_EXHAUSTED", "Quota exceeded.", [retryInfo]) }, 34_500],
    ["vertex_ai", { status: 500, body: google(429, "RESOURCE_EXHAUSTED", "Resource exhausted.") }, undefined],
    [
      "bedrock",
      { status: 400, body: { message: "Too many requests." }, headers: { "x-amzn-errortype": "ThrottlingException" } },
      undefined,
    ],
    ["groq", { status: 413, body: openai("Request too large: limit 6000 per minute.", "rate_limit_exceeded", "tokens") }, undefined],
    ["groq", { status: 429, body: openai("Please try again in 1m2.5s.", "rate_limit_exceeded"), headers: {} }, 62_500],
    ["cerebras", { status: 429, body: { message: "Tokens per minute limit exceeded", code: "token_quota_exceeded" } }, undefined],
    ["watsonx", { status: 403, body: { errors: [{ code: "token_quota_reached", message: "The quota is used up." }] } }, undefined],
    [
      "together_ai",
      { status: 402, body: { error: { message: "Credit limit exceeded, please add credits.", type: "credit_limit" } } },
      undefined,
    ],
    ["replicate", { status: 400, body: { detail: "Request was throttled. Expected available in 1 second." } }, undefined],
    ["huggingface", { status: 400, body: { error: "Rate limit reached. You reached free usage limit." } }, undefined],
    [
      "cloudflare",
      { status: 429, body: { errors: [{ code: 3040, message: "Capacity temporarily exceeded." }], success: false } },
      undefined,
    ],
    ["mistral", { status: 429, body: { message: "Requests rate limit exceeded" }, headers: { "retry-after": "1m" } }, 60_000],
    [
      "openrouter",
      {
        status: 429,
        body: { error: { code: 429, message: "Rate limit exceeded", metadata: { headers: { "X-RateLimit-Reset": "1790000030000" } } } },
        headers: { date: new Date(1_790_000_000_000).toUTCString() },
      },
      30_000,
    ],
    ["dashscope", { status: 400, body: openai("Requests throttling triggered.", "Throttling.RateQuota") }, undefined],
    ["cohere", { status: 429, body: { message: "Trial keys are limited." }, headers: { "retry-after": "soon" } }, undefined],
    [
      "fireworks_ai",
      {
        status: 429,
        body: openai("Slow down."),
        headers: { "retry-after": "Wed, 21 Oct 2026 07:28:10 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" },
      },
      10_000,
    ],
    ["novita", { status: 429, body: openai("Slow down."), headers: { "retry-after": "Wed, 21 Oct 2026 07:28:10 GMT" } }, undefined],
  ])("of %s with %j is rate_limit, with its wait", (name, said, wait) => {
    const error = told(name, said);
    expect([error.kind, error.status, error.detail.retryAfterMs]).toEqual(["rate_limit", 429, wait]);
  });
});

describe("a wrong key", () => {
  it.each<[string, number, unknown]>([
    ["openai", 401, openai("Incorrect API key provided: sk-1.", "invalid_api_key")],
    ["azure", 401, { error: { code: "401", message: "Access denied due to invalid subscription key." } }],
    ["anthropic", 401, claude("authentication_error", "invalid x-api-key")],
    ["gemini", 400, google(400, "INVALID_ARGUMENT", "API key not valid. Please pass a valid API key.")],
    ["vertex_ai", 401, google(401, "UNAUTHENTICATED", "Request had invalid authentication credentials.")],
    ["bedrock", 403, { __type: "UnrecognizedClientException", message: "The security token included in the request is invalid." }],
    ["cohere", 400, { message: "invalid api token" }],
    [
      "xai",
      400,
      {
        code: "Client specified an invalid argument",
        error: "Incorrect API key provided: xa***. You can obtain an API key from the console.",
      },
    ],
    ["groq", 401, openai("Invalid API Key", "invalid_api_key")],
    ["together_ai", 400, { error: { message: "invalid private key", error_type: "auth" } }],
    ["replicate", 401, { title: "Unauthenticated", detail: "You did not pass an authentication token", status: 401 }],
    ["replicate", 400, { detail: "Incorrect authentication token" }],
    ["huggingface", 400, { error: "A valid user token is required" }],
    ["ai21", 401, { detail: "Bad or missing API token." }],
    ["cloudflare", 401, { errors: [{ code: 10000, message: "Authentication error" }] }],
    ["minimax", 401, { base_resp: { status_code: 1004, status_msg: "login fail" } }],
    ["openrouter", 401, { error: { code: 401, message: "No auth credentials found" } }],
    ["watsonx", 401, { errors: [{ code: "authentication_token_not_valid", message: "Failed to authenticate the request." }] }],
    ["databricks", 401, { error_code: 401, message: "Credential was not sent or was of an unsupported type for this API." }],
    ["aleph_alpha", 401, { error: "InvalidToken", code: "INVALID_TOKEN" }],
  ])("of %s (%i) is upstream_auth, told as 401", (name, status, body) => {
    expect(told(name, { status, body })).toMatchObject({ kind: "upstream_auth", status: 401 });
  });
});

describe("a server that cannot answer now", () => {
  it.each<[string, number, unknown, string]>([
    ["openai", 503, openai("The engine is currently overloaded."), "unavailable"],
    ["anthropic", 529, claude("overloaded_error", "Overloaded"), "upstream_internal"],
    ["gemini", 503, google(503, "UNAVAILABLE", "The model is overloaded."), "unavailable"],
    ["gemini", 504, google(504, "DEADLINE_EXCEEDED", "Too slow."), "gateway_timeout"],
    ["bedrock", 503, { __type: "ServiceUnavailableException", message: "Try later." }, "unavailable"],
    ["bedrock", 408, { __type: "ModelTimeoutException", message: "Too slow." }, "timeout"],
    ["cohere", 499, { message: "request cancelled" }, "upstream_internal"],
    ["together_ai", 524, "<html><title>A timeout occurred</title></html>", "gateway_timeout"],
    ["nlp_cloud", 524, "", "gateway_timeout"],
    ["huggingface", 503, { error: "Model is currently loading", estimated_time: 20 }, "unavailable"],
    ["openrouter", 502, { error: { code: 502, message: "Provider returned error" } }, "bad_gateway"],
    ["mistral", 500, { message: "Internal server error" }, "upstream_internal"],
    ["snowflake", 503, { message: "Busy." }, "unavailable"],
  ])("of %s (%i) may be asked again", (name, status, body, kind) => {
    const error = told(name, { status, body });
    expect(error.kind).toBe(kind);
    expect(error.row.retry).toBe("same");
  });
});

describe("other refusals", () => {
  it.each<[string, number, unknown, string, number]>([
    ["openai", 404, openai("The model `x` does not exist.", "model_not_found"), "upstream_not_found", 404],
    ["azure", 404, { error: { code: "DeploymentNotFound", message: "The API deployment does not exist." } }, "upstream_not_found", 404],
    ["dashscope", 400, openai("Access denied, please make sure your account is in good standing.", "Arrearage"), "upstream_forbidden", 403],
    ["openrouter", 402, { error: { code: 402, message: "Insufficient credits" } }, "upstream_forbidden", 402],
    ["anthropic", 400, claude("invalid_request_error", "Your credit balance is too low to access the API."), "upstream_forbidden", 400],
    ["bedrock", 403, { __type: "AccessDeniedException", message: "You don't have access to the model." }, "upstream_forbidden", 403],
    ["replicate", 422, { detail: "ModelError: it broke" }, "bad_request", 400],
    ["together_ai", 422, { error: { message: "n must be positive", type: "INVALID_ARGUMENT" } }, "bad_request", 400],
    ["cloudflare", 400, { errors: [{ code: 5006, message: "must have required property 'messages'" }] }, "bad_request", 400],
  ])("of %s (%i) with %j are %s, told as %i", (name, status, body, kind, expected) => {
    const error = told(name, { status, body });
    expect([error.kind, error.status]).toEqual([kind, expected]);
  });
});
