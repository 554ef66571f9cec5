/** Tests of how errors of the wire are understood. */

import { describe, expect, it } from "vitest";
import { errorOf } from "./error.ts";

const told = (type: string, message: string) => ({ type: "error", error: { type, message }, request_id: "req_1" });

describe("errors", () => {
  it.each([
    [400, "invalid_request_error", "messages: at least one message is required", "bad_request", 400],
    [400, "invalid_request_error", "prompt is too long: 210000 tokens > 200000 maximum", "context_window", 400],
    [400, "invalid_request_error", "input length and `max_tokens` exceed context limit: 1 + 2 > 2", "context_window", 400],
    [400, "invalid_request_error", "Output blocked by content filtering policy", "content_policy", 400],
    [400, "invalid_request_error", "Your credit balance is too low to access the API", "upstream_forbidden", 400],
    [401, "authentication_error", "invalid x-api-key", "upstream_auth", 401],
    [403, "permission_error", "Your API key does not have permission", "upstream_forbidden", 403],
    [404, "not_found_error", "model: claude-x", "upstream_not_found", 404],
    [413, "request_too_large", "Request exceeds the maximum size", "too_large", 413],
    [429, "rate_limit_error", "This request would exceed your rate limit of input tokens", "rate_limit", 429],
    [500, "api_error", "Internal server error", "upstream_internal", 500],
    [503, "api_error", "Service unavailable", "unavailable", 503],
    [504, "timeout_error", "Timed out", "gateway_timeout", 504],
    [529, "overloaded_error", "Overloaded", "upstream_internal", 500],
  ])("reads %i %s as it is meant: %s", (status, type, message, kind, shown) => {
    const error = errorOf({ status, headers: {}, body: told(type, message) });
    expect(error).toMatchObject({ kind, message, status: shown, type, code: String(shown) });
    expect(error.detail).toMatchObject({ upstreamStatus: status, providerFields: { request_id: "req_1" } });
  });

  it("takes the status of an error event from its type", () => {
    const error = errorOf({ status: 200, headers: {}, body: told("overloaded_error", "Overloaded") });
    expect(error).toMatchObject({ kind: "upstream_internal", detail: { upstreamStatus: 529 } });
    expect(errorOf({ status: 200, headers: {}, body: told("rate_limit_error", "Slow down") }).kind).toBe("rate_limit");
    expect(errorOf({ status: 200, headers: {}, body: told("brand_new_error", "?") }).kind).toBe("upstream_internal");
  });

  it("keeps how long to wait, and the headers", () => {
    const error = errorOf({ status: 429, headers: { "retry-after": "7" }, body: told("rate_limit_error", "Slow down") });
    expect(error.detail.retryAfterMs).toBe(7000);
    expect(error.detail.headers).toEqual({ "retry-after": "7" });
  });

  it("has something to say about a body that is no JSON, or none", () => {
    expect(errorOf({ status: 502, headers: {}, body: "<html>Bad Gateway</html>" })).toMatchObject({
      kind: "bad_gateway",
      message: "<html>Bad Gateway</html>",
    });
    expect(errorOf({ status: 500, headers: {}, body: "" }).message).toBe("The provider answered with status 500 and no message.");
  });
});
