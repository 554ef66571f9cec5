/** Has Soniox write down sound: the file is uploaded, and the transcript of it is a task. Source: soniox.com/docs/stt/async/async-transcription. */

import { GatewayError } from "../../errors.ts";
import type { TranscribeResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { noTranscript, secondsUsed, type TimedWord, transcript } from "../timed-words.ts";
import { translatedOnly } from "../translated-only.ts";

export const sonioxTranscription: ProviderSide<"transcribe"> = {
  ...translatedOnly,
  operation: "transcribe",
  dialect: "soniox-transcription",
  sends: "form",
  path: () => "/v1/files",
  request: ({ asked }) => ({ file: asked.file }),
  response,
  usage: ({ body }) => secondsUsed(secondsIn(body)),
  error: openaiError,
};

/** The reply is the transcript with how its task ended: `{text, tokens, audio_duration_ms}`, or `{error_message}`. */
function response(reply: WireReply, { asked }: TranslateContext<"transcribe">): TranscribeResponse {
  const body = objectIn(reply.body);
  if (body["status"] === "error") {
    throw new GatewayError("unprocessable", textIn(body["error_message"]) ?? "The provider could not write down this file.");
  }
  const text = textIn(body["text"]);
  if (text === undefined) throw noTranscript(reply, openaiError);
  const tokens = objectsIn(body["tokens"]).filter(({ translation_status: kind }) => kind !== "translation");
  const duration = secondsIn(body);
  return transcript(
    { text, language: textIn(tokens[0]?.["language"]), ...(duration !== undefined && { duration }), words: wordsOf(tokens) },
    asked,
  );
}

function secondsIn(body: unknown): number | undefined {
  const told = objectIn(body)["audio_duration_ms"];
  return typeof told === "number" ? told / 1000 : undefined;
}

/** Tokens are parts of words: a new word begins with a space. */
function wordsOf(tokens: readonly Readonly<Record<string, unknown>>[]): TimedWord[] {
  const words: TimedWord[] = [];
  for (const token of tokens) {
    const text = textIn(token["text"]) ?? "";
    const end = Number(token["end_ms"] ?? 0) / 1000;
    const last = words.at(-1);
    if (last && !/^\s/.test(text)) words[words.length - 1] = { ...last, word: last.word + text, end };
    else if (text.trim() !== "") words.push(begun(text.trim(), end, token));
  }
  return words;
}

function begun(word: string, end: number, { start_ms: start, speaker }: Readonly<Record<string, unknown>>): TimedWord {
  const known = typeof speaker === "string" || typeof speaker === "number";
  return { word, start: Number(start ?? 0) / 1000, end, ...(known && { speaker }) };
}
