import { describe, expect, it } from "vitest";
import { geminiError } from "./error.ts";

const told = (status: number, message: string, word: string, details: unknown[] = [], headers = {}) =>
  geminiError({ status, headers, body: { error: { code: status, message, status: word, details } } });

describe("geminiError", () => {
  it.each([
    [400, "Request contains an invalid argument.", "INVALID_ARGUMENT", "bad_request", 400],
    [
      400,
      "The input token count (1200000) exceeds the maximum number of tokens allowed (1048576).",
      "INVALID_ARGUMENT",
      "context_window",
      400,
    ],
    [400, "Request payload size exceeds the limit: 20971520 bytes.", "INVALID_ARGUMENT", "context_window", 400],
    [400, "API key not valid. Please pass a valid API key.", "INVALID_ARGUMENT", "upstream_auth", 401],
    [400, "Output blocked by content filtering policy", "INVALID_ARGUMENT", "content_policy", 400],
    [401, "Request had invalid authentication credentials.", "UNAUTHENTICATED", "upstream_auth", 401],
    [403, "Permission denied on resource.", "PERMISSION_DENIED", "upstream_forbidden", 403],
    [404, "models/x is not found", "NOT_FOUND", "upstream_not_found", 404],
    [429, "You exceeded your current quota.", "RESOURCE_EXHAUSTED", "rate_limit", 429],
    [500, "Quota exceeded for metric x", "INTERNAL", "rate_limit", 429],
    [500, "An internal error has occurred.", "INTERNAL", "upstream_internal", 500],
    [503, "The model is overloaded.", "UNAVAILABLE", "unavailable", 503],
    [504, "Deadline expired.", "DEADLINE_EXCEEDED", "gateway_timeout", 504],
  ])("reads %i %s", (status, message, word, kind, toldStatus) => {
    const error = told(status, message, word);
    expect(error.kind).toBe(kind);
    expect(error.message).toBe(message);
    expect(error.status).toBe(toldStatus);
    expect(error.detail.upstreamStatus).toBe(status);
  });

  it("knows a wrong key by its reason, whatever the words", () => {
    expect(told(400, "No.", "INVALID_ARGUMENT", [{ reason: "API_KEY_INVALID" }]).kind).toBe("upstream_auth");
  });

  it("waits as long as RetryInfo says, rather than the header", () => {
    const error = told(
      429,
      "Slow down.",
      "RESOURCE_EXHAUSTED",
      [{ "@type": "type.googleapis.com/google.rpc.RetryInfo", retryDelay: "34.07s" }],
      {
        "retry-after": "60",
      },
    );
    expect(error.detail.retryAfterMs).toBe(34_070);
    expect(told(429, "Slow down.", "RESOURCE_EXHAUSTED", [], { "retry-after": "60" }).detail.retryAfterMs).toBe(60_000);
    expect(told(429, "Slow down.", "RESOURCE_EXHAUSTED").detail.retryAfterMs).toBeUndefined();
  });

  it("keeps Google's own words for the client", () => {
    expect(told(400, "No.", "FAILED_PRECONDITION", [{ reason: "X" }]).detail.providerFields).toEqual({
      code: 400,
      status: "FAILED_PRECONDITION",
      details: [{ reason: "X" }],
    });
  });

  it("finds the status of an error event in its code or its word", () => {
    const event = (error: unknown) => geminiError({ status: 200, headers: {}, body: { error } });
    expect(event({ code: 503, message: "Overloaded." }).kind).toBe("unavailable");
    expect(event({ status: "NOT_FOUND", message: "Gone." }).status).toBe(404);
    expect(event({ message: "Odd." }).kind).toBe("upstream_internal");
  });

  it("reads lists, texts and nothing", () => {
    expect(geminiError({ status: 404, headers: {}, body: [{ error: { code: 404, message: "In a list." } }] }).message).toBe("In a list.");
    expect(geminiError({ status: 502, headers: {}, body: "Bad Gateway" }).message).toBe("Bad Gateway");
    expect(geminiError({ status: 500, headers: {}, body: undefined }).message).toContain("status 500");
  });
});
