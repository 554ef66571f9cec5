/** What a provider's status and words mean, where dialects agree. Source: the error pages of the providers, gathered. */

import type { ErrorKind } from "../errors.ts";
import type { Headers } from "../transport/transport.ts";

const byStatus: Readonly<Record<number, ErrorKind>> = {
  400: "bad_request",
  401: "upstream_auth",
  402: "upstream_forbidden",
  403: "upstream_forbidden",
  404: "upstream_not_found",
  408: "timeout",
  409: "unavailable",
  413: "too_large",
  422: "unprocessable",
  429: "rate_limit",
  500: "upstream_internal",
  502: "bad_gateway",
  503: "unavailable",
  504: "gateway_timeout",
  // Cloudflare's: the server behind it took too long.
  524: "gateway_timeout",
  529: "unavailable",
};

/** The kind of a bare status. */
export function kindOfStatus(status: number): ErrorKind {
  return byStatus[status] ?? (status >= 500 ? "upstream_internal" : "bad_request");
}

const contextWindow = new RegExp(
  [
    "exceed context limit",
    "exceeds? (the |this model |maximum )*context (length|limit|window)",
    "context window exceeds limit",
    "maximum context length",
    "maximum context limit",
    "context_length_exceeded",
    "exceed_context_size_error",
    "string too long\\. expected a string with maximum length",
    "longer than the model's context length",
    "longer than the maximum model length",
    "input tokens exceed the configured limit",
    "`inputs` tokens \\+ `max_new_tokens` must be",
    "exceeds the available context size",
    "exceeds the maximum number of tokens allowed",
    "current length is .* while limit is",
    "maximum input length is .* tokens",
    "prompt is too long",
    "prompt too long",
    "prompt: length",
    "prompt exceeds max length",
    "maximum prompt length is",
    "input is too long",
    "input token length too long",
    "input text length should not exceed",
    "input token count .* exceeds",
    "input length .* exceeds? (the )?(maximum|limit)",
    "range of input length should be",
    "number of input tokens .* (exceeds|cannot exceed)",
    "tokens in request more than max tokens allowed",
    "reduce the length of the (messages|prompt|input)",
    "(exceed|exceeded|exceeds) (max message tokens|model token limit|max(imum)? tokens)",
    "length limit exceeded",
    "tokens_limit_reached",
    "prompt has too many tokens",
    "ContextWindowExceededError",
    "too many (input )?tokens",
    "request payload size exceeds",
  ].join("|"),
  "i",
);

/** True when the words say that the prompt does not fit the model. */
export function tellsContextWindow(text: string): boolean {
  return contextWindow.test(text);
}

const contentPolicy = new RegExp(
  [
    "content_policy_violation",
    "ResponsibleAIPolicyViolation",
    "content management policy",
    "content filtering policy",
    "rejected as a result of (our|the) safety system",
    "failed as a result of our safety system",
    "violating our usage policy",
    "the response was blocked",
    "output blocked by content filter",
    "content_filter",
    "content exists risk",
    "data_inspection_failed",
    "inappropriate content",
    "SensitiveContentDetected",
    "requires moderation",
    "content_moderation",
    "ContentPolicyViolationError",
  ].join("|"),
  "i",
);

/** True when the words say that a content policy refused. */
export function tellsContentPolicy(text: string): boolean {
  return contentPolicy.test(text);
}

const wrongKey =
  /(incorrect|invalid|wrong|bad|missing) (x-)?(api[ _-]?(key|token)|private key|authentication token)|invalid_api_key|api[ _-]?(key|token) (provided )?is (invalid|not valid|incorrect|expired|missing)|no api key (provided|supplied)|valid user token is required|invalid authentication/i;

/** True when the words say that the key is wrong, whatever the status. */
export function tellsWrongKey(text: string): boolean {
  return wrongKey.test(text);
}

const timeout = /request timed out|request timeout error|timed out generating response|the read operation timed out|a timeout occurred/i;

/** True when the words say that it took too long, whatever the status. */
export function tellsTimeout(text: string): boolean {
  return timeout.test(text);
}

const rateLimit =
  /rate[ _-]?limit(ed|s)?[ _-]?(reached|exceeded|is exceeded|error)|too many requests|token_quota_reached|request was throttled/i;

/** True when the words say that too much was asked at once, whatever the status. */
export function tellsRateLimit(text: string): boolean {
  return rateLimit.test(text);
}

const spokenWait = /(?:try again|retry)(?: after| in)? ((?:\d+m(?!s))?\d+(?:\.\d+)? ?(?:ms|milliseconds?|s|seconds?))\b/i;

/** How long a message asks to wait, where no header says it: "try again in 1m2.5s", "retry after 26 seconds". */
export function spokenWaitMs(text: string): number | undefined {
  const told = spokenWait
    .exec(text)?.[1]
    ?.toLowerCase()
    .replace(/milliseconds?/, "ms")
    .replace(/seconds?/, "s")
    .replace(" ", "");
  return told === undefined ? undefined : durationMs(told);
}

/** How long the provider asks to be left alone: `retry-after-ms`, `retry-after` in seconds, as a duration (`1m2.5s`) or as a date. */
export function retryAfterMs(headers: Headers, now: () => number): number | undefined {
  const exact = Number(headers["retry-after-ms"] ?? headers["x-ms-retry-after-ms"]);
  if (exact > 0) return exact;
  const told = headers["retry-after"];
  if (typeof told !== "string") return undefined;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const duration = durationMs(told);
  if (duration !== undefined) return duration;
  const sent = typeof headers["date"] === "string" ? Date.parse(headers["date"]) : now();
  const at = Date.parse(told);
  // Without a clock a date says nothing.
  return Number.isFinite(at) && sent > 0 ? Math.max(0, at - sent) : undefined;
}

function durationMs(text: string): number | undefined {
  const found = /^(?:(\d+)m(?!s))?(?:(\d+(?:\.\d+)?)(ms|s))?$/.exec(text.trim());
  if (!found || text.trim() === "") return undefined;
  const [, minutes = "0", amount = "0", unit] = found;
  return Math.ceil(Number(minutes) * 60_000 + Number(amount) * (unit === "ms" ? 1 : 1000));
}
