/** Calls Google Cloud's Text-to-Speech. Source: docs.cloud.google.com/text-to-speech/docs/reference/rest/v1/text/synthesize. */

import { GatewayError } from "../../errors.ts";
import type { SpeakRequest, SpeakResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { type Fields, fieldsOf, isFields, textOf } from "../gemini/json.ts";
import { noGlance } from "../no-glance.ts";

/** OpenAI's formats as encodings and media types; LINEAR16 comes with the head of a WAV file. */
const formats: Readonly<Record<string, readonly [encoding: string, mediaType: string]>> = {
  mp3: ["MP3", "audio/mpeg"],
  opus: ["OGG_OPUS", "audio/ogg"],
  wav: ["LINEAR16", "audio/wav"],
  pcm: ["PCM", "audio/pcm"],
  aac: ["M4A", "audio/mp4"],
};
const USUAL = "mp3";
const USUAL_LANGUAGE = "en-US";

export const googleSpeech: ProviderSide<"speak"> = {
  operation: "speak",
  dialect: "google-speech",
  path: () => "/text:synthesize",
  patch: () => ({}),
  request,
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (_, asked) => ({ units: { characters: asked?.input.length ?? 0 } }),
  error: geminiError,
};

function request({ asked, dropParams }: TranslateContext<"speak">): Fields {
  const format = asked.response_format ?? USUAL;
  if (!formats[format] && !dropParams) {
    throw new GatewayError(
      "unsupported_params",
      `This voice speaks ${Object.keys(formats).join(", ")}, not ${format}. Set another response_format, or set drop_params: true.`,
      { param: "response_format" },
    );
  }
  const [encoding] = formats[format] ?? formats[USUAL] ?? [];
  return {
    input: { ...inputOf(asked), ...fieldsOf(asked["input_config"]) },
    voice: voiceOf(asked.voice, textOf(asked["language_code"]) ?? textOf(asked["languageCode"])),
    audioConfig: {
      audioEncoding: encoding,
      ...(typeof asked.speed === "number" && { speakingRate: asked.speed }),
      ...fieldsOf(asked["audioConfig"]),
    },
  };
}

function inputOf(asked: SpeakRequest): Fields {
  const ssml = asked["use_ssml"] === true || asked.input.trimStart().startsWith("<speak>");
  if (!ssml) return { text: asked.input, ...(asked.instructions && { prompt: asked.instructions }) };
  return { ssml: asked.input.includes("<speak>") ? asked.input : `<speak>${asked.input}</speak>` };
}

/** Names begin with their language (`de-DE-Chirp3-HD-Leda`); any other name is not Google's, and the language's usual voice speaks. */
function voiceOf(voice: SpeakRequest["voice"], language: string | undefined): Fields {
  if (isFields(voice)) return voice;
  const spoken = /^([a-z]{2,3}-[A-Z]{2})-\w/.exec(voice ?? "")?.[1];
  return { languageCode: language ?? spoken ?? USUAL_LANGUAGE, ...(spoken && { name: voice }) };
}

function response(reply: WireReply, { asked }: TranslateContext<"speak">): SpeakResponse {
  const audio = isFields(reply.body) ? textOf(reply.body["audioContent"]) : undefined;
  if (!audio) throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no sound. Check api_base.");
  const [, mediaType = "audio/mpeg"] = formats[asked.response_format ?? USUAL] ?? formats[USUAL] ?? [];
  return { mediaType, audio: Buffer.from(audio, "base64") };
}
