/** Asks Gemini's speaking models by generateContent. Source: ai.google.dev/gemini-api/docs/speech-generation. */

import { GatewayError } from "../../errors.ts";
import type { SpeakRequest, SpeakResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { camelOf, type Fields, fieldsOf, isFields, textOf } from "../gemini/json.ts";
import { modelPath } from "../gemini/provider-side.ts";
import { answerOf } from "../gemini/response.ts";
import { usageOf } from "../gemini/usage.ts";
import type { GenerateReply, GenerateRequest } from "../gemini/wire.ts";
import { noGlance } from "../no-glance.ts";
import { withWavHead } from "./wav.ts";

const translated = new Set(
  "model input voice response_format speed instructions stream_format user metadata speechConfig speech_config".split(" "),
);
/** Samples in a second where the reply does not say. */
const USUAL_RATE = 24_000;

export const geminiSpeech: ProviderSide<"speak"> = {
  operation: "speak",
  dialect: "gemini-speech",
  path: ({ model }) => `/${modelPath(model)}:generateContent`,
  patch: () => ({}),
  request,
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (reply, asked) => {
    const body = reply.body as GenerateReply | undefined;
    const told = usageOf(body?.usageMetadata, [], reply.headers);
    const sound = told?.audioOutTokens ?? told?.outputTokens;
    return { ...told, ...(sound !== undefined && { audioOutTokens: sound }), ...(asked && { units: { characters: asked.input.length } }) };
  },
  error: geminiError,
};

/** How to speak is said in the prompt itself. */
function request({ asked, dropParams }: TranslateContext<"speak">): GenerateRequest {
  const { response_format: format } = asked;
  if (format && format !== "wav" && format !== "pcm" && !dropParams) {
    throw new GatewayError(
      "unsupported_params",
      `This model speaks wav and pcm, not ${format}. Set response_format to wav, or set drop_params: true.`,
      {
        param: "response_format",
      },
    );
  }
  const speechConfig = { ...voiceOf(asked.voice), ...fieldsOf(asked["speech_config"]), ...fieldsOf(asked["speechConfig"]) };
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  return {
    contents: [{ role: "user", parts: [{ text: asked.instructions ? `${asked.instructions}: ${asked.input}` : asked.input }] }],
    generationConfig: { responseModalities: ["AUDIO"], ...(Object.keys(speechConfig).length > 0 && { speechConfig }) },
    ...Object.fromEntries(own.map(([name, value]) => [camelOf(name), value])),
  };
}

/** A name, or Google's own form: one voice or several speakers. */
function voiceOf(voice: SpeakRequest["voice"]): Fields {
  if (isFields(voice)) {
    if (voice["multiSpeakerVoiceConfig"] !== undefined || voice["voiceConfig"] !== undefined) return voice;
    const named = textOf(voice["name"]) ?? textOf(voice["voiceName"]);
    return named ? voiceOf(named) : { voiceConfig: voice };
  }
  return voice ? { voiceConfig: { prebuiltVoiceConfig: { voiceName: voice } } } : {};
}

function response(reply: WireReply, { asked }: TranslateContext<"speak">): SpeakResponse {
  const body = answerOf(reply);
  const blobs = (body.candidates ?? []).flatMap(({ content }) => content?.parts ?? []).flatMap(({ inlineData }) => inlineData ?? []);
  if (blobs.length === 0) throw silent(body);
  const audio = Buffer.concat(blobs.map(({ data }) => Buffer.from(data, "base64")));
  const mediaType = blobs[0]?.mimeType ?? "";
  if (!/^audio\/(l16|pcm)/i.test(mediaType)) return { mediaType: mediaType || "application/octet-stream", audio };
  if (asked.response_format === "pcm") return { mediaType: "audio/pcm", audio };
  const rate = Number(/rate=(\d+)/.exec(mediaType)?.[1] ?? USUAL_RATE);
  return { mediaType: "audio/wav", audio: withWavHead(audio, rate) };
}

function silent({ promptFeedback, candidates = [] }: GenerateReply): GatewayError {
  const reason = promptFeedback?.blockReason ?? candidates[0]?.finishReason;
  if (reason && reason !== "STOP" && reason !== "OTHER")
    return new GatewayError("content_policy", `The model did not speak: ${reason}. Change the text.`);
  return new GatewayError("bad_reply", "The model answered without sound. Check that it is a speaking model.");
}
