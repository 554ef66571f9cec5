/** What SAP's orchestration service puts around a model's answer and around errors. */

import type { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { openaiError } from "../openai-chat/error.ts";

/** The answer itself; a body without one stays as it is. */
export function inside(reply: WireReply): WireReply {
  const { final_result: result, orchestration_result: older } = (reply.body ?? {}) as Record<string, unknown>;
  return { ...reply, body: result ?? older ?? reply.body };
}

/** One error, or a list of them. */
export function sapError(reply: WireReply): GatewayError {
  const told = (reply.body ?? {}) as { error?: unknown };
  const error: unknown = Array.isArray(told.error) ? told.error[0] : told.error;
  return openaiError(error === undefined ? reply : { ...reply, body: { error } });
}
