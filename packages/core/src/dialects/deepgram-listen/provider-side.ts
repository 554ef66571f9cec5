/** Has Deepgram write down sound: the file is the body, everything else the query. Source: developers.deepgram.com/reference/speech-to-text/listen-pre-recorded. */

import type { TranscribeRequest, TranscribeResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { ownMembers } from "../own-members.ts";
import { queryOf } from "../query-of.ts";
import { noTranscript, secondsUsed, type TimedWord, transcribeMembers, transcript, turns } from "../timed-words.ts";
import { translatedOnly } from "../translated-only.ts";
import { deepgramError } from "./error.ts";

type Fields = Readonly<Record<string, unknown>>;

export const deepgramListen: ProviderSide<"transcribe"> = {
  ...translatedOnly,
  operation: "transcribe",
  dialect: "deepgram-listen",
  sends: "bytes",
  path: ({ model, asked }) => `/listen${queryOf({ model, ...(asked && options(asked)) })}`,
  request: ({ asked }) => ({ file: asked.file }),
  response,
  usage: ({ body }) => secondsUsed(objectIn(objectIn(body)["metadata"])["duration"]),
  error: deepgramError,
};

function options(asked: TranscribeRequest): Fields {
  return { language: asked.language, ...ownMembers(asked, transcribeMembers) };
}

function response(reply: WireReply, { asked }: TranslateContext<"transcribe">): TranscribeResponse {
  const body = objectIn(reply.body);
  const [channel] = objectsIn(objectIn(body["results"])["channels"]);
  const [best] = objectsIn(channel?.["alternatives"]);
  if (!best) throw noTranscript(reply, deepgramError);
  const words = objectsIn(best["words"]).map(wordOf);
  const duration = objectIn(body["metadata"])["duration"];
  return transcript(
    {
      text: textOf(best, words),
      language: textIn(channel?.["detected_language"]),
      ...(typeof duration === "number" && { duration }),
      words,
    },
    asked,
  );
}

/** Who wants speakers told apart reads them in the text. */
function textOf(best: Fields, words: readonly TimedWord[]): string {
  const plain = textIn(best["transcript"]) ?? "";
  if (!words.some(({ speaker }) => speaker !== undefined)) return plain;
  return textIn(objectIn(best["paragraphs"])["transcript"]) ?? turns(words);
}

function wordOf(word: Fields): TimedWord {
  const { speaker, punctuated_word: written } = word;
  return {
    word: textIn(word["word"]) ?? "",
    start: Number(word["start"] ?? 0),
    end: Number(word["end"] ?? 0),
    ...(typeof written === "string" && { written }),
    ...(typeof speaker === "number" && { speaker }),
  };
}
