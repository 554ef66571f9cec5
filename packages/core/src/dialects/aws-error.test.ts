import { describe, expect, it } from "vitest";
import { awsError, awsFrameError } from "./aws-error.ts";

const told = (status: number, name: string, message = "Told.") =>
  awsError({ status, headers: { "x-amzn-errortype": name }, body: { message } });

describe("awsError", () => {
  it.each([
    [400, "ValidationException", "bad_request", 400],
    [403, "AccessDeniedException", "upstream_forbidden", 403],
    [403, "UnrecognizedClientException", "upstream_auth", 401],
    [403, "ExpiredTokenException", "upstream_auth", 401],
    [403, "InvalidSignatureException", "upstream_auth", 401],
    [404, "ResourceNotFoundException", "upstream_not_found", 404],
    [408, "ModelTimeoutException", "timeout", 408],
    [424, "ModelErrorException", "upstream_internal", 424],
    [429, "ThrottlingException:http://internal.amazon.com/coral/", "rate_limit", 429],
    [400, "ServiceQuotaExceededException", "rate_limit", 429],
    [429, "ModelNotReadyException", "unavailable", 503],
    [500, "InternalServerException", "upstream_internal", 500],
    [503, "ServiceUnavailableException", "unavailable", 503],
  ])("%i %s is %s, told as %i", (status, name, kind, expected) => {
    expect(told(status, name)).toMatchObject({ kind, status: expected, message: "Told.", detail: { upstreamStatus: status } });
  });

  it("knows exceptions by the body, too", () => {
    const body = { __type: "com.amazon.coral.service#ThrottlingException", Message: "Slow down." };
    expect(awsError({ status: 400, headers: {}, body })).toMatchObject({ kind: "rate_limit", message: "Slow down." });
  });

  it.each([
    "Input is too long for requested model.",
    "prompt is too long: 210000 tokens",
    "expected maxLength: 50000, actual: 60000",
    "Too many input tokens.",
  ])("knows a full context window: %s", (message) => {
    expect(told(400, "ValidationException", message).kind).toBe("context_window");
  });

  it("passes on how long to wait", () => {
    const headers = { "x-amzn-errortype": "ThrottlingException", "retry-after": "3" };
    expect(awsError({ status: 429, headers, body: {} }).detail.retryAfterMs).toBe(3000);
  });

  it("keeps the exception's name and says something where the body says nothing", () => {
    const error = awsError({ status: 503, headers: { "x-amzn-errortype": "ServiceUnavailableException" }, body: "" });
    expect(error.message).toContain("503");
    expect(error.detail.providerFields).toEqual({ exception: "ServiceUnavailableException" });
  });
});

describe("awsFrameError", () => {
  it("is nothing for an event", () => {
    expect(awsFrameError({ name: "messageStart", headers: { ":message-type": "event" }, data: "{}" })).toBeUndefined();
  });

  it.each([
    ["throttlingException", "rate_limit", 429],
    ["modelStreamErrorException", "upstream_internal", 424],
    ["validationException", "bad_request", 400],
    ["internalServerException", "upstream_internal", 500],
    ["serviceUnavailableException", "unavailable", 503],
  ])("reads %s from a frame", (name, kind, upstreamStatus) => {
    const event = { name, headers: { ":message-type": "exception", ":exception-type": name }, data: '{"message":"Told."}' };
    expect(awsFrameError(event)).toMatchObject({ kind, message: "Told.", detail: { upstreamStatus } });
  });

  it("reads errors that stand in the headers alone", () => {
    const headers = { ":message-type": "error", ":error-code": "InternalFailure", ":error-message": "Broken." };
    expect(awsFrameError({ name: "InternalFailure", headers, data: "" })).toMatchObject({ kind: "upstream_internal", message: "Broken." });
  });
});
