/** Has AssemblyAI write down sound: the file is uploaded, and the transcript of it is a task. Source: assemblyai.com/docs/api-reference. */

import { GatewayError } from "../../errors.ts";
import type { TranscribeResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { noTranscript, secondsUsed, type TimedWord, transcript } from "../timed-words.ts";
import { translatedOnly } from "../translated-only.ts";

export const assemblyaiTranscript: ProviderSide<"transcribe"> = {
  ...translatedOnly,
  operation: "transcribe",
  dialect: "assemblyai-transcript",
  sends: "bytes",
  path: () => "/v2/upload",
  request: ({ asked }) => ({ file: asked.file }),
  response,
  usage: ({ body }) => secondsUsed(objectIn(body)["audio_duration"]),
  error: openaiError,
};

function response(reply: WireReply, { asked }: TranslateContext<"transcribe">): TranscribeResponse {
  const body = objectIn(reply.body);
  if (body["status"] === "error") {
    throw new GatewayError("unprocessable", textIn(body["error"]) ?? "The provider could not write down this file.");
  }
  const text = textIn(body["text"]);
  if (text === undefined && body["status"] !== "completed") throw noTranscript(reply, openaiError);
  const duration = body["audio_duration"];
  return transcript(
    {
      text: text ?? "",
      language: textIn(body["language_code"]),
      ...(typeof duration === "number" && { duration }),
      words: objectsIn(body["words"]).map(wordOf),
    },
    asked,
  );
}

/** Times are milliseconds there. */
function wordOf(word: Readonly<Record<string, unknown>>): TimedWord {
  const speaker = textIn(word["speaker"]);
  return {
    word: textIn(word["text"]) ?? "",
    start: Number(word["start"] ?? 0) / 1000,
    end: Number(word["end"] ?? 0) / 1000,
    ...(speaker && { speaker }),
  };
}
