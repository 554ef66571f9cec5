/** Calls a provider in OpenAI's speech: text in JSON, sound as it comes. Source: platform.openai.com/docs/api-reference/audio/createSpeech. */

import { Buffer } from "node:buffer";
import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { audioGlance } from "../openai-transcriptions/glance.ts";

export const openaiSpeech: ProviderSide<"speak"> = {
  operation: "speak",
  dialect: "openai-speech",
  framing: "sse",
  returns: "bytes",
  path: () => "/audio/speech",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: ({ headers, body }) => {
    if (!Buffer.isBuffer(body)) throw new GatewayError("bad_reply", "The provider answered 200, but its body is no sound. Check api_base.");
    return { mediaType: String(headers["content-type"] ?? "application/octet-stream"), audio: body };
  },
  glance: () => audioGlance("speech.audio.done"),
  replyPatch: () => ({}),
  usage: (_reply: WireReply, asked) => (asked ? { units: { characters: [...asked.input].length } } : undefined),
  error: openaiError,
};
