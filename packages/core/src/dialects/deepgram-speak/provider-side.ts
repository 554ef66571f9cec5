/** Has Deepgram speak: the model's name is the voice, too. Source: developers.deepgram.com/reference/text-to-speech/speak-request. */

import type { SpeakRequest } from "../../hub/audio.ts";
import { deepgramError } from "../deepgram-listen/error.ts";
import type { ProviderSide } from "../dialect.ts";
import { ownMembers } from "../own-members.ts";
import { queryOf } from "../query-of.ts";
import { charactersOf, soundOf, speakMembers, unknownFormat, voiceOf } from "../spoken-sound.ts";
import { translatedOnly } from "../translated-only.ts";

type Fields = Readonly<Record<string, unknown>>;

export const deepgramSpeak: ProviderSide<"speak"> = {
  ...translatedOnly,
  operation: "speak",
  dialect: "deepgram-speak",
  returns: "bytes",
  path: ({ model, asked }) => `/speak${queryOf(asked ? options(model, asked) : { model })}`,
  request: ({ asked }) => ({ text: asked.input }),
  response: soundOf,
  usage: (_, asked) => charactersOf(asked),
  error: deepgramError,
};

/** MP3 where nothing is said. */
const formats: Readonly<Record<string, Fields>> = {
  mp3: { encoding: "mp3" },
  opus: { encoding: "opus", container: "ogg" },
  aac: { encoding: "aac" },
  flac: { encoding: "flac" },
  wav: { encoding: "linear16", container: "wav" },
  pcm: { encoding: "linear16", container: "none" },
};

function options(model: string, asked: SpeakRequest): Fields {
  const { response_format: format, speed } = asked;
  const encoding = format ? formats[format] : {};
  if (!encoding) throw unknownFormat(String(format), Object.keys(formats));
  return {
    model: voiced(model, asked),
    ...encoding,
    ...(typeof speed === "number" && speed !== 1 && { speed }),
    ...ownMembers(asked, speakMembers),
  };
}

/** OpenAI's voices and the ones of Aura 2 that are nearest to them. */
const voices: Readonly<Record<string, string>> = {
  alloy: "thalia",
  ash: "apollo",
  ballad: "orion",
  coral: "aurora",
  echo: "arcas",
  fable: "draco",
  nova: "andromeda",
  onyx: "zeus",
  sage: "athena",
  shimmer: "luna",
  verse: "aries",
};

/** `aura-2` alone wants a voice; a whole name (`aura-2-thalia-en`) has one, and as a voice it says everything. */
function voiced(model: string, asked: SpeakRequest): string {
  const voice = voiceOf(asked, voices, "alloy");
  if (/^aura-(\d+-)?[a-z]+-[a-z]{2}$/i.test(voice)) return voice;
  if (!/^aura(-\d+)?$/.test(model)) return model;
  return `${model}-${voice.toLowerCase()}-en`;
}
