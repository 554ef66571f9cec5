/** Has Azure's speech resource speak: SSML out, sound back. Source: learn.microsoft.com/azure/ai-services/speech-service/rest-text-to-speech. */

import { Buffer } from "node:buffer";
import { fileOf } from "../../hub/file-part.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { charactersOf, soundOf, unknownFormat } from "../spoken-sound.ts";
import { translatedOnly } from "../translated-only.ts";
import { ssmlOf } from "./ssml.ts";

export const azureSpeech: ProviderSide<"speak"> = {
  ...translatedOnly,
  operation: "speak",
  dialect: "azure-speech",
  sends: "bytes",
  returns: "bytes",
  path: () => "/cognitiveservices/v1",
  headers,
  request: ({ asked }) => ({ file: fileOf(Buffer.from(ssmlOf(asked)), "speech.xml", "application/ssml+xml") }),
  response: soundOf,
  usage: (_, asked) => charactersOf(asked),
  error: openaiError,
};

const formats: Readonly<Record<string, string>> = {
  mp3: "audio-24khz-48kbitrate-mono-mp3",
  opus: "ogg-48khz-16bit-mono-opus",
  wav: "riff-24khz-16bit-mono-pcm",
  pcm: "raw-24khz-16bit-mono-pcm",
};

/** Azure refuses calls that do not say who asks. */
function headers({ asked }: TranslateContext<"speak">): Readonly<Record<string, string>> {
  const told = asked.response_format || "mp3";
  const format = formats[told] ?? (/^[a-z]+-\d+k?hz-/.test(told) ? told : undefined);
  if (!format) throw unknownFormat(told, Object.keys(formats));
  return { "x-microsoft-outputformat": format, "user-agent": "tollgate" };
}
