/** Has ElevenLabs speak: the voice stands in the path, the format in the query. Source: elevenlabs.io/docs/api-reference/text-to-speech/convert. */

import { Buffer } from "node:buffer";
import type { SpeakRequest, SpeakResponse } from "../../hub/audio.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { ownMembers } from "../own-members.ts";
import { queryOf } from "../query-of.ts";
import { charactersOf, soundOf, speakMembers, unknownFormat, voiceOf } from "../spoken-sound.ts";
import { translatedOnly } from "../translated-only.ts";
import { elevenlabsError } from "./error.ts";

export const elevenlabsSpeech: ProviderSide<"speak"> = {
  ...translatedOnly,
  operation: "speak",
  dialect: "elevenlabs-speech",
  returns: (asked) => (asked["with_timestamps"] === true ? "json" : "bytes"),
  path: ({ asked }) => pathOf(asked),
  request,
  response,
  usage: (_, asked) => charactersOf(asked),
  error: elevenlabsError,
};

/** Source: elevenlabs.io/docs/voices/premade-voices; names that LiteLLM's users write. */
const voices: Readonly<Record<string, string>> = {
  alloy: "21m00Tcm4TlvDq8ikWAM",
  amber: "5Q0t7uMcjvnagumLfvZi",
  ash: "AZnzlk1XvdvUeBnXmlld",
  august: "D38z5RcWu1voky8WS1ja",
  ballad: "CYw3kZ02Hs0563khs1Fj",
  blue: "2EiwWnXFnvU5JabPnv8n",
  coral: "9BWtsMINqrJLrRacOk9x",
  echo: "CwhRBWXzGAHq8TQ4Fs17",
  fable: "5Q0t7uMcjvnagumLfvZi",
  lily: "EXAVITQu4vr4xnSDxMaL",
  nova: "EXAVITQu4vr4xnSDxMaL",
  onyx: "29vD33N1CtxCmqQRPOHJ",
  sage: "CwhRBWXzGAHq8TQ4Fs17",
  shimmer: "9BWtsMINqrJLrRacOk9x",
  verse: "CYw3kZ02Hs0563khs1Fj",
};

const formats: Readonly<Record<string, string>> = { mp3: "mp3_44100_128", opus: "opus_48000_128", pcm: "pcm_44100" };
/** These are the query's; what else a client adds is the body's. */
const inQuery = ["output_format", "enable_logging", "optimize_streaming_latency"];
const translated = new Set([...speakMembers, ...inQuery, "with_timestamps", "voice_settings", "model_id"]);

function pathOf(asked: SpeakRequest | undefined): string {
  if (!asked) return "/v1/text-to-speech/";
  const voice = encodeURIComponent(voiceOf(asked, voices, "alloy"));
  const query = Object.fromEntries(inQuery.map((name) => [name, asked[name]]));
  const output = query["output_format"] ?? formatOf(asked.response_format);
  const timed = asked["with_timestamps"] === true ? "/with-timestamps" : "";
  return `/v1/text-to-speech/${voice}${timed}${queryOf({ ...query, output_format: output })}`;
}

/** The wire's own names (`mp3_22050_32`, `ulaw_8000`) are taken as they are. */
function formatOf(told: string | null | undefined): string | undefined {
  if (!told) return undefined;
  const format = formats[told] ?? (/^[a-z0-9]+_\d+(_\d+)?$/.test(told) ? told : undefined);
  if (!format) throw unknownFormat(told, Object.keys(formats));
  return format;
}

function request({ asked, model }: TranslateContext<"speak">): Record<string, unknown> {
  const own = objectIn(asked["voice_settings"]);
  const settings = { ...(typeof asked.speed === "number" && { speed: asked.speed }), ...own };
  return {
    text: asked.input,
    model_id: asked["model_id"] ?? model,
    ...(Object.keys(settings).length > 0 && { voice_settings: settings }),
    ...ownMembers(asked, translated),
  };
}

/** With timestamps it is JSON that holds the sound, and who asked for that knows how to read it. */
function response(reply: WireReply, { asked }: Pick<TranslateContext<"speak">, "asked">): SpeakResponse {
  if (asked["with_timestamps"] !== true) return soundOf(reply);
  return { mediaType: "application/json", audio: Buffer.from(JSON.stringify(reply.body)) };
}
