import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { failureOf } from "./failures.ts";

const place = "https://api.example";
const withCode = (code: string): Error => Object.assign(new Error("text"), { code });

describe("failureOf", () => {
  it.each([
    ["UND_ERR_CONNECT_TIMEOUT", "timeout", /took too long/],
    ["ETIMEDOUT", "timeout", /firewall/],
    ["CERT_HAS_EXPIRED", "tls", /has expired.*ssl_verify: \/path\/ca\.pem.*ssl_verify: false/],
    ["UNABLE_TO_VERIFY_LEAF_SIGNATURE", "tls", /not trusted here/],
    ["ERR_SSL_TLSV13_ALERT_CERTIFICATE_REQUIRED", "tls", /ssl_certificate/],
    ["ERR_SSL_NO_PROTOCOLS_AVAILABLE", "tls", /TLS connection/],
    ["EPROTO", "tls", /plain HTTP server/],
    ["EAI_AGAIN", "connection", /DNS/],
    ["EHOSTUNREACH", "connection", /no route/],
    ["UND_ERR_SOCKET", "connection", /before its answer was complete/],
    ["UND_ERR_HEADERS_OVERFLOW", "bad_reply", /not proper HTTP/],
    ["UND_ERR_DESTROYED", "shutting_down", /shutting down/],
    ["EWHATEVER", "connection", /failed \(EWHATEVER\)/],
  ])("knows what %s means", (code, kind, message) => {
    const cause = withCode(code);
    const error = failureOf(cause, place);
    expect(error).toMatchObject({ kind, message: expect.stringMatching(message), detail: { cause } });
  });
  it("goes by the first of several causes", () => {
    expect(failureOf(new AggregateError([withCode("ECONNREFUSED"), withCode("ENETUNREACH")]), place).message).toContain(
      "refused the connection",
    );
  });
  it("names the place but for our own end", () => {
    expect(failureOf(withCode("ECONNRESET"), place).message).toContain(place);
    expect(failureOf("thrown text", place).message).toContain(place);
  });
  it("leaves a GatewayError as it is", () => {
    const error = new GatewayError("blocked_address", "no");
    expect(failureOf(error, place)).toBe(error);
  });
});
