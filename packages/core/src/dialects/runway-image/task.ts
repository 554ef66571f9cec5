/** Why a task of Runway's failed. Source: docs.dev.runwayml.com/errors/task-failures. */

import { GatewayError } from "../../errors.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";

/** Undefined for a task that went well. Codes that begin with SAFETY are about what was asked or made. */
export function taskFailure(task: unknown): GatewayError | undefined {
  const { status, failure, failureCode } = objectIn(task);
  if (status !== "FAILED" && status !== "CANCELLED") return undefined;
  const code = textIn(failureCode);
  const message = textIn(failure) ?? `The provider's task ended as ${String(status)}.`;
  const kind = code?.startsWith("SAFETY") ? "content_policy" : code?.startsWith("INPUT") ? "bad_request" : "upstream_internal";
  return new GatewayError(kind, message, { code: code ?? null });
}
