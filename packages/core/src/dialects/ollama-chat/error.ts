/** Ollama's errors: `{"error": "…"}` with a status, or as a line of a stream. */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { openaiError } from "../openai-chat/error.ts";

export function ollamaError(reply: WireReply): GatewayError {
  const error = openaiError(reply);
  if (error.kind !== "context_window" && /exceeds? (the |maximum )*context (length|window)/i.test(error.message)) {
    return new GatewayError("context_window", error.message, { ...error.detail, status: 400 });
  }
  return error;
}

/** A 200 that holds no answer. */
export function noAnswer(body: unknown): GatewayError {
  if (body !== null && typeof body === "object" && "error" in body) return ollamaError({ status: 200, headers: {}, body });
  return new GatewayError(
    "bad_reply",
    "Ollama answered 200, but its body holds no message. Check api_base: it must name an Ollama server.",
  );
}
