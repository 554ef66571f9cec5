/** Replicate's errors: `{"title", "detail", "status"}`, and predictions that failed. Source: replicate.com/docs/reference/http#errors. */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { openaiError } from "../openai-chat/error.ts";

export function replicateError(reply: WireReply): GatewayError {
  const error = openaiError(reply);
  const { message, detail } = error;
  if (/incorrect authentication token|authentication token/i.test(message) && reply.status < 500) {
    return new GatewayError("upstream_auth", message, { ...detail, status: 401 });
  }
  if (/\bModelError\b/.test(message)) return new GatewayError("bad_request", message, { ...detail, status: 400 });
  if (/request was throttled/i.test(message)) return new GatewayError("rate_limit", message, { ...detail, status: 429 });
  return error;
}
