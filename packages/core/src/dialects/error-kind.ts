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
  529: "unavailable",
};

/** The kind of a bare status. */
export function kindOfStatus(status: number): ErrorKind {
  return byStatus[status] ?? (status >= 500 ? "upstream_internal" : "bad_request");
}

const contextWindow = new RegExp(
  [
    "exceed context limit",
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
    "prompt: length",
    "input is too long",
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
    "content_filter",
  ].join("|"),
  "i",
);

/** True when the words say that a content policy refused. */
export function tellsContentPolicy(text: string): boolean {
  return contentPolicy.test(text);
}

/** How long the provider asks to be left alone: `retry-after-ms`, `retry-after` in seconds or as a date. */
export function retryAfterMs(headers: Headers, now: () => number): number | undefined {
  const exact = Number(headers["retry-after-ms"]);
  if (exact > 0) return exact;
  const told = headers["retry-after"];
  if (typeof told !== "string") return undefined;
  const seconds = Number(told);
  if (Number.isFinite(seconds)) return seconds >= 0 ? seconds * 1000 : undefined;
  const sent = typeof headers["date"] === "string" ? Date.parse(headers["date"]) : now();
  const at = Date.parse(told);
  return Number.isFinite(at) ? Math.max(0, at - sent) : undefined;
}
