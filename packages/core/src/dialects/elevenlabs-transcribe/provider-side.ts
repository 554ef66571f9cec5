/** Has ElevenLabs write down sound. Source: elevenlabs.io/docs/api-reference/speech-to-text/convert. */

import type { TranscribeResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn, present, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { elevenlabsError } from "../elevenlabs-speech/error.ts";
import { ownMembers } from "../own-members.ts";
import { noTranscript, secondsUsed, type TimedWord, transcribeMembers, transcript } from "../timed-words.ts";
import { translatedOnly } from "../translated-only.ts";

export const elevenlabsTranscribe: ProviderSide<"transcribe"> = {
  ...translatedOnly,
  operation: "transcribe",
  dialect: "elevenlabs-transcribe",
  sends: "form",
  path: () => "/v1/speech-to-text",
  request: ({ asked, model }) => ({
    ...present({ model_id: model, language_code: asked.language, temperature: asked.temperature }),
    ...ownMembers(asked, transcribeMembers),
    file: asked.file,
  }),
  response,
  usage: ({ body }) => secondsUsed(objectIn(body)["audio_duration_secs"]),
  error: elevenlabsError,
};

/** Spaces and noises have times of their own and are no words. */
function response(reply: WireReply, { asked }: TranslateContext<"transcribe">): TranscribeResponse {
  const body = objectIn(reply.body);
  const text = textIn(body["text"]);
  if (text === undefined) throw noTranscript(reply, elevenlabsError);
  const words = objectsIn(body["words"]).filter(({ type }) => type === undefined || type === "word");
  const duration = body["audio_duration_secs"];
  return transcript(
    {
      text,
      language: textIn(body["language_code"]),
      ...(typeof duration === "number" && { duration }),
      words: words.map(wordOf),
    },
    asked,
  );
}

function wordOf(word: Readonly<Record<string, unknown>>): TimedWord {
  const speaker = textIn(word["speaker_id"]);
  return {
    word: textIn(word["text"]) ?? "",
    start: Number(word["start"] ?? 0),
    end: Number(word["end"] ?? 0),
    ...(speaker && { speaker }),
  };
}
