/** Has MiniMax speak: the sound comes in JSON, in hexadecimal digits. Source: platform.minimax.io/docs/api-reference/speech-t2a-http. */

import { Buffer } from "node:buffer";
import type { GatewayError } from "../../errors.ts";
import type { SpeakResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { charactersOf, mediaTypeOf, speakMembers, unknownFormat, voiceOf } from "../spoken-sound.ts";
import { translatedOnly } from "../translated-only.ts";

type Fields = Readonly<Record<string, unknown>>;

export const minimaxSpeech: ProviderSide<"speak"> = {
  ...translatedOnly,
  operation: "speak",
  dialect: "minimax-speech",
  path: () => "/t2a_v2",
  request,
  response,
  usage: ({ body }, asked) => {
    const told = objectIn(objectIn(body)["extra_info"])["usage_characters"];
    return typeof told === "number" ? { units: { characters: told } } : charactersOf(asked);
  },
  error: minimaxError,
};

/** OpenAI's voices and the ones here that are nearest to them. */
const voices: Readonly<Record<string, string>> = {
  alloy: "male-qn-qingse",
  echo: "male-qn-jingying",
  fable: "female-shaonv",
  nova: "female-yujie",
  onyx: "male-qn-badao",
  shimmer: "female-tianmei",
};

const formats = ["mp3", "pcm", "wav", "flac"];
/** Clients write them beside the others; the wire wants each in its place. */
const ofVoice = new Set(["vol", "pitch", "emotion"]);
const ofAudio = new Set(["sample_rate", "bitrate", "channel"]);
/** What the reply is read as is not the client's to choose. */
const translated = new Set([...speakMembers, "output_format", "voice_setting", "audio_setting"]);

function request({ asked, model }: TranslateContext<"speak">): Record<string, unknown> {
  const format = asked.response_format || "mp3";
  if (!formats.includes(format)) throw unknownFormat(format, formats);
  const own = Object.entries(ownMembers(asked, translated));
  const within = (names: ReadonlySet<string>): Fields => Object.fromEntries(own.filter(([name]) => names.has(name)));
  return {
    model,
    text: asked.input,
    stream: false,
    output_format: "hex",
    voice_setting: {
      voice_id: voiceOf(asked, voices, "alloy"),
      ...(typeof asked.speed === "number" && { speed: asked.speed }),
      ...within(ofVoice),
      ...objectIn(asked["voice_setting"]),
    },
    audio_setting: { format, ...within(ofAudio), ...objectIn(asked["audio_setting"]) },
    ...Object.fromEntries(own.filter(([name]) => !ofVoice.has(name) && !ofAudio.has(name))),
  };
}

function response(reply: WireReply, { asked }: Pick<TranslateContext<"speak">, "asked">): SpeakResponse {
  const audio = textIn(objectIn(objectIn(reply.body)["data"])["audio"]);
  if (!audio) throw minimaxError(reply);
  return { mediaType: mediaTypeOf(asked.response_format || "mp3"), audio: Buffer.from(audio, "hex") };
}

/** Source: platform.minimax.io/docs/api-reference/errorcode. */
const statuses: Readonly<Record<number, number>> = {
  1001: 504,
  1002: 429,
  1004: 401,
  1008: 402,
  1026: 400,
  1027: 400,
  1039: 429,
  1042: 400,
  2013: 400,
  2049: 401,
  2056: 429,
};

/** Errors come with status 200 and a code of their own. */
function minimaxError(reply: WireReply): GatewayError {
  const told = objectIn(objectIn(reply.body)["base_resp"]);
  const code = Number(told["status_code"] ?? 0);
  if (code === 0) return openaiError(reply.status >= 400 ? reply : { ...reply, status: 502, body: "The provider's reply holds no sound." });
  const message = textIn(told["status_msg"]) ?? `The provider refused with code ${code}.`;
  const type = code === 1026 || code === 1027 ? "content_filter" : undefined;
  return openaiError({ ...reply, status: statuses[code] ?? 500, body: { error: { message, code, type } } });
}
