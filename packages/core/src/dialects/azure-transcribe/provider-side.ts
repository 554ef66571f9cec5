/** Has Azure's speech resource write down a file at once. Source: learn.microsoft.com/azure/ai-services/speech-service/fast-transcription-create. */

import type { TranscribeResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { noTranscript, secondsUsed, type TimedWord, transcribeMembers, transcript } from "../timed-words.ts";
import { translatedOnly } from "../translated-only.ts";

export const azureTranscribe: ProviderSide<"transcribe"> = {
  ...translatedOnly,
  operation: "transcribe",
  dialect: "azure-transcribe",
  sends: "form",
  path: () => "/speechtotext/transcriptions:transcribe?api-version=2024-11-15",
  request: ({ asked }) => ({
    definition: { ...(asked.language && { locales: [localeOf(asked.language)] }), ...ownMembers(asked, transcribeMembers) },
    audio: asked.file,
  }),
  response,
  usage: ({ body }) => secondsUsed(secondsOf(objectIn(body)["durationMilliseconds"])),
  error: openaiError,
};

/** Languages whose country has another name than they. */
const locales: Readonly<Record<string, string>> = {
  ar: "ar-EG",
  cs: "cs-CZ",
  da: "da-DK",
  el: "el-GR",
  en: "en-US",
  he: "he-IL",
  hi: "hi-IN",
  ja: "ja-JP",
  ko: "ko-KR",
  nb: "nb-NO",
  pt: "pt-BR",
  sv: "sv-SE",
  uk: "uk-UA",
  vi: "vi-VN",
  zh: "zh-CN",
};

function localeOf(language: string): string {
  return language.includes("-") ? language : (locales[language] ?? `${language}-${language.toUpperCase()}`);
}

function response(reply: WireReply, { asked }: TranslateContext<"transcribe">): TranscribeResponse {
  const body = objectIn(reply.body);
  if (!Array.isArray(body["combinedPhrases"])) throw noTranscript(reply, openaiError);
  const phrases = objectsIn(body["phrases"]);
  const duration = secondsOf(body["durationMilliseconds"]);
  return transcript(
    {
      text: objectsIn(body["combinedPhrases"])
        .map(({ text }) => textIn(text) ?? "")
        .join("\n"),
      language: textIn(phrases[0]?.["locale"]),
      ...(duration !== undefined && { duration }),
      words: phrases.flatMap(({ words, speaker }) => objectsIn(words).map((word) => wordOf(word, speaker))),
    },
    asked,
  );
}

function wordOf(word: Readonly<Record<string, unknown>>, speaker: unknown): TimedWord {
  const start = secondsOf(word["offsetMilliseconds"]) ?? 0;
  const end = Math.round((start + (secondsOf(word["durationMilliseconds"]) ?? 0)) * 1000) / 1000;
  return { word: textIn(word["text"]) ?? "", start, end, ...(typeof speaker === "number" && { speaker }) };
}

function secondsOf(milliseconds: unknown): number | undefined {
  return typeof milliseconds === "number" ? milliseconds / 1000 : undefined;
}
