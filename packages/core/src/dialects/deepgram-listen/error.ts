/** Deepgram's error bodies: `{err_code, err_msg}`, newer ones `{category, message, details}`. Source: developers.deepgram.com/docs/errors. */

import type { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";
import { openaiError } from "../openai-chat/error.ts";

export function deepgramError(reply: WireReply): GatewayError {
  const body = objectIn(reply.body);
  const message = textIn(body["err_msg"]) ?? textIn(body["message"]);
  if (!message) return openaiError(reply);
  const details = textIn(body["details"]);
  const error = { message: details ? `${message} ${details}` : message, code: body["err_code"] ?? body["category"] };
  return openaiError({ ...reply, body: { error } });
}
