/** ElevenLabs' error bodies: `{detail: {status, message}}`, or a list of what is wrong with which field. Source: elevenlabs.io/docs/developers/resources/error-messages. */

import type { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import { isObject, objectIn } from "../anthropic-messages/json.ts";
import { openaiError } from "../openai-chat/error.ts";

export function elevenlabsError(reply: WireReply): GatewayError {
  const { detail } = objectIn(reply.body);
  if (!isObject(detail)) return openaiError(reply);
  const { status, code, ...rest } = detail;
  return openaiError({ ...reply, body: { error: { ...rest, code: code ?? status } } });
}
