/** Cohere's errors: `{"message": "…"}` with a status. Source: docs.cohere.com/reference/errors. */

import { type ErrorKind, GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { openaiError } from "../openai-chat/error.ts";

/** Statuses that Cohere gives a meaning of its own: content that was blocked, a request that was called off on its side. */
const kinds: Readonly<Record<number, { readonly kind: ErrorKind; readonly status: number }>> = {
  498: { kind: "content_policy", status: 400 },
  499: { kind: "upstream_internal", status: 500 },
};

export function cohereError(reply: WireReply): GatewayError {
  const error = openaiError(reply);
  const own = kinds[reply.status];
  if (own) return new GatewayError(own.kind, error.message, { ...error.detail, status: own.status });
  if (/invalid api token|no api key supplied/i.test(error.message) && reply.status !== 401) {
    return new GatewayError("upstream_auth", error.message, { ...error.detail, status: 401 });
  }
  return error;
}

/** A 200 that holds no answer. */
export function noAnswer(body: unknown): GatewayError {
  const told = body !== null && typeof body === "object" ? (body as Record<string, unknown>) : {};
  if (told["error"] !== undefined || (typeof told["message"] === "string" && told["message"] !== "")) {
    return cohereError({ status: 200, headers: {}, body });
  }
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body holds no message. Check api_base: it must name Cohere's v2 API.",
  );
}
