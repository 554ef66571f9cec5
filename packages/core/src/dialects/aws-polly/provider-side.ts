/** How we ask Amazon Polly to speak. Source: docs.aws.amazon.com/polly/latest/dg/API_SynthesizeSpeech.html. */

import { Buffer } from "node:buffer";
import { GatewayError } from "../../errors.ts";
import { textIn } from "../anthropic-messages/json.ts";
import { awsError } from "../aws-error.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { translatedOnly } from "../translated-only.ts";

export const awsPolly: ProviderSide<"speak"> = {
  ...translatedOnly,
  operation: "speak",
  dialect: "aws-polly",
  returns: "bytes",
  path: () => "/v1/speech",
  request: speechRequest,
  response: ({ headers, body }) => {
    if (!Buffer.isBuffer(body)) throw new GatewayError("bad_reply", "The provider answered 200, but its body is no sound. Check api_base.");
    return { mediaType: String(headers["content-type"] ?? "audio/mpeg"), audio: body };
  },
  usage: (reply, asked) => {
    const told = Number(reply.headers["x-amzn-requestcharacters"] ?? Number.NaN);
    const characters = Number.isFinite(told) ? told : asked && [...asked.input].length;
    return characters === undefined ? undefined : { units: { characters } };
  },
  error: awsError,
};

/** OpenAI's voices and the ones here that are nearest to them. */
const voices: Readonly<Record<string, string>> = {
  alloy: "Joanna",
  ash: "Stephen",
  ballad: "Matthew",
  coral: "Ruth",
  echo: "Matthew",
  fable: "Amy",
  nova: "Kendra",
  onyx: "Brian",
  sage: "Kimberly",
  shimmer: "Ivy",
  verse: "Joey",
};

const formats: Readonly<Record<string, string>> = { mp3: "mp3", opus: "ogg_opus", pcm: "pcm", ogg: "ogg_vorbis" };
const engines = new Set(["standard", "neural", "long-form", "generative"]);
const translated = new Set("model input voice response_format speed instructions user metadata extra_headers stream_format".split(" "));

/** Members that clients write in the wire's own spelling (`LanguageCode`, `SampleRate`, `LexiconNames`) travel on. */
function speechRequest({ asked, model }: TranslateContext<"speak">): Record<string, unknown> {
  const told = typeof asked.voice === "string" ? asked.voice : textIn(asked.voice?.["name"] ?? asked.voice?.["id"]);
  const voice = told ?? "alloy";
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  const ssml = asked.input.trimStart().startsWith("<speak");
  return {
    Engine: engines.has(model) ? model : "neural",
    OutputFormat: formatOf(asked.response_format),
    Text: asked.input,
    TextType: ssml ? "ssml" : "text",
    VoiceId: voices[voice.toLowerCase()] ?? voice,
    ...Object.fromEntries(own),
  };
}

function formatOf(told: string | null | undefined): string {
  const format = formats[told ?? "mp3"] ?? (told && Object.values(formats).includes(told) ? told : undefined);
  if (format) return format;
  throw new GatewayError("unsupported_params", `This provider makes no ${told}. Use response_format mp3, opus or pcm.`, {
    param: "response_format",
  });
}
