import { describe, expect, it } from "vitest";
import { GatewayError } from "../../errors.ts";
import { openaiError } from "./error.ts";
import { openaiErrorReply } from "./error-body.ts";

const told = (status: number, body: unknown, headers: Record<string, string> = {}): GatewayError => openaiError({ status, headers, body });

describe("a provider's error", () => {
  it.each([
    [{ error: { message: "No.", type: "t", param: "p", code: "c" } }, "No."],
    [{ error: "No." }, "No."],
    [{ message: "No." }, "No."],
    [{ detail: "No." }, "No."],
    [{ detail: [{ loc: ["body"], msg: "No." }] }, "No."],
    [{ errors: ["No."] }, "No."],
    [[{ error: { message: "No." } }], "No."],
    ["No.", "No."],
    ["<!DOCTYPE html><html><head><title>No.</title>", "HTML page: No."],
    ["", "status 400"],
    [null, "status 400"],
    [{}, "status 400"],
    [{ error: {} }, "status 400"],
    [{ error: { message: { en: "No." } } }, "No."],
  ])("is read from %j", (body, words) => {
    const error = told(400, body);
    expect([error.kind, error.status]).toEqual(["bad_request", 400]);
    expect(error.message).toContain(words);
  });

  it.each([
    [400, { code: "context_length_exceeded", message: "x" }, "context_window"],
    [400, { message: "This model's maximum context length is 8192 tokens." }, "context_window"],
    [400, { code: "content_filter", message: "x" }, "content_policy"],
    [400, { code: "content_policy_violation", message: "x" }, "content_policy"],
    [404, { code: "model_not_found", message: "x" }, "upstream_not_found"],
    [400, { code: "model_not_found", message: "x" }, "upstream_not_found"],
    [401, { message: "x" }, "upstream_auth"],
    [403, { message: "x" }, "upstream_forbidden"],
    [413, { message: "x" }, "too_large"],
    [422, { message: "x" }, "unprocessable"],
    [429, { message: "maximum context length" }, "rate_limit"],
    [500, { message: "maximum context length" }, "upstream_internal"],
    [503, { message: "x" }, "unavailable"],
    [529, { message: "x" }, "unavailable"],
    [504, { message: "x" }, "gateway_timeout"],
    [418, { message: "x" }, "bad_request"],
    [599, { message: "x" }, "upstream_internal"],
  ])("of status %i with %j is %s", (status, error, kind) => {
    expect(told(status, { error })).toMatchObject({ kind, status });
  });

  it.each([
    [{ code: 429, message: "x" }, 429],
    [{ code: "503", message: "x" }, 503],
    [{ type: "invalid_request_error", message: "x" }, 400],
    [{ code: "rate_limit_exceeded", message: "x" }, 429],
    [{ message: "x" }, 500],
  ])("inside a 200, %j, has the status that it speaks of", (error, status) => {
    expect(told(200, { error }).status).toBe(status);
  });

  it.each([
    [{ "retry-after": "3" }, 3_000],
    [{ "retry-after-ms": "250" }, 250],
    [{ "retry-after": "Wed, 21 Oct 2026 07:28:10 GMT", date: "Wed, 21 Oct 2026 07:28:00 GMT" }, 10_000],
    [{ "retry-after": "soon" }, undefined],
    [{ "retry-after": "-1" }, undefined],
    [{}, undefined],
  ])("with %j says how long to wait", (headers, expected) => {
    expect(told(429, { error: "x" }, headers as Record<string, string>).detail.retryAfterMs).toBe(expected);
  });
});

describe("our error body", () => {
  it("has the status as its code, and the provider's own code beside it", () => {
    const { status, body } = openaiErrorReply(
      told(401, { error: { message: "No.", type: "t", param: "p", code: "invalid_api_key", hint: 1 } }),
    );
    expect(status).toBe(401);
    expect(JSON.parse(String(body))).toEqual({
      error: { message: "No.", type: "t", param: "p", code: "401", provider_specific_fields: { hint: 1, code: "invalid_api_key" } },
    });
  });

  it("says no more than there is to say", () => {
    const { body } = openaiErrorReply(new GatewayError("bad_request", "Missing required parameter: 'model'.", { param: "model" }));
    expect(JSON.parse(String(body))).toEqual({
      error: { message: "Missing required parameter: 'model'.", type: "invalid_request_error", param: "model", code: "400" },
    });
  });
});
