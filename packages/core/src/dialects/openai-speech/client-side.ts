/** A client calls us in OpenAI's speech. */

import type { SpeakRequest } from "../../hub/audio.ts";
import type { ClientSide } from "../dialect.ts";
import { missing, modelOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";

export const openaiSpeechClient: ClientSide<"speak"> = {
  operation: "speak",
  dialect: "openai-speech",
  framing: "sse",
  pours: true,
  ask: (at) => {
    const model = modelOf(at);
    const input = at.body.shape("input");
    if (input === "missing") throw missing("input");
    if (input !== "text" && input !== "empty text") throw wrong("input", "a text");
    // Sound streams anyway; events are another form of it, in which it tells what it used.
    return { model, stream: at.body.get("stream_format") === "sse", wantsUsage: true };
  },
  request: (at) => ({ ...at.body.json, model: modelOf(at) }) as SpeakRequest,
  response: (hub) => ({ status: 200, headers: { "content-type": hub.mediaType }, body: hub.audio }),
  error: openaiErrorReply,
  streamError,
};
