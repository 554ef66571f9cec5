/** What providers with speech formats of their own share: replies that are the sound itself, voices by OpenAI's names, formats. */

import { Buffer } from "node:buffer";
import { GatewayError } from "../errors.ts";
import type { SpeakRequest, SpeakResponse } from "../hub/audio.ts";
import type { WireReply } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";

/** Members of a speech request that have another name there, or none. */
export const speakMembers: ReadonlySet<string> = new Set(
  "model input voice response_format speed instructions stream_format user metadata extra_headers".split(" "),
);

export function soundOf({ headers, body }: WireReply): SpeakResponse {
  if (!Buffer.isBuffer(body)) throw new GatewayError("bad_reply", "The provider answered 200, but its body is no sound. Check api_base.");
  return { mediaType: String(headers["content-type"] ?? "audio/mpeg"), audio: body };
}

/** Paid by what is said. */
export function charactersOf(asked?: SpeakRequest): Usage | undefined {
  return asked ? { units: { characters: [...asked.input].length } } : undefined;
}

/** A name of OpenAI's stands for the voice that is nearest to it, every other for itself; an object tells name or id. */
export function voiceOf({ voice }: SpeakRequest, voices: Readonly<Record<string, string>>, usual: string): string {
  const told = typeof voice === "string" ? voice : (voice?.["id"] ?? voice?.["name"]);
  const name = typeof told === "string" && told !== "" ? told : usual;
  return voices[name.toLowerCase()] ?? name;
}

export function mediaTypeOf(format: string): string {
  return mediaTypes[format] ?? "audio/mpeg";
}

const mediaTypes: Readonly<Record<string, string>> = {
  mp3: "audio/mpeg",
  opus: "audio/ogg",
  aac: "audio/aac",
  flac: "audio/flac",
  wav: "audio/wav",
  pcm: "audio/pcm",
};

export function unknownFormat(told: string, known: readonly string[]): GatewayError {
  return new GatewayError("unsupported_params", `This provider makes no ${told}. Use response_format ${known.join(", ")}.`, {
    param: "response_format",
  });
}
