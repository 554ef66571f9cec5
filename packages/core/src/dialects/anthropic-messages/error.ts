/** This dialect's error bodies and error events as the house's errors. */

import type { ErrorKind } from "../../errors.ts";
import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { kindOfStatus, retryAfterMs, tellsContentPolicy, tellsContextWindow } from "../error-kind.ts";
import { objectIn, textIn } from "./json.ts";

/** Statuses of error events, which come in a reply of status 200. Source: platform.claude.com/docs/en/api/errors. */
const statusOfType: Readonly<Record<string, number>> = {
  invalid_request_error: 400,
  authentication_error: 401,
  billing_error: 402,
  permission_error: 403,
  not_found_error: 404,
  request_too_large: 413,
  rate_limit_error: 429,
  api_error: 500,
  timeout_error: 504,
  overloaded_error: 529,
};

export function errorOf(reply: WireReply): GatewayError {
  const body = objectIn(reply.body);
  const told = objectIn(body["error"]);
  const type = textIn(told["type"]);
  const status = reply.status >= 400 ? reply.status : (statusOfType[type ?? ""] ?? 500);
  const message = textIn(told["message"]) ?? textIn(body["message"]) ?? textIn(body["error"]) ?? spoken(reply.body, status);
  const kind = kindOf(status, message);
  return new GatewayError(kind, message, {
    upstreamStatus: status,
    ...(status < 500 && { status }),
    type,
    headers: reply.headers,
    retryAfterMs: retryAfterMs(reply.headers, () => 0),
    ...(textIn(body["request_id"]) && { providerFields: { request_id: body["request_id"] } }),
  });
}

function kindOf(status: number, message: string): ErrorKind {
  if (status === 529 || /^overloaded$/i.test(message)) return "upstream_internal";
  if (status < 500 && status !== 429) {
    if (tellsContextWindow(message)) return "context_window";
    if (tellsContentPolicy(message)) return "content_policy";
    // An empty account is nothing that the client could mend.
    if (/credit balance is too low/i.test(message)) return "upstream_forbidden";
    if (/invalid (x-)?api[ -]key/i.test(message)) return "upstream_auth";
  }
  return kindOfStatus(status);
}

function spoken(body: unknown, status: number): string {
  const text = typeof body === "string" ? body.trim().slice(0, 500) : "";
  return text || `The provider answered with status ${status} and no message.`;
}
