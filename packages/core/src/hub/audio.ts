/** Speech from text and text from speech. Source: platform.openai.com/docs/api-reference/audio. */

import type { Buffer } from "node:buffer";
import type { FilePart } from "./file-part.ts";

export interface SpeakRequest {
  model: string;
  input: string;
  /** A name, or an object where a provider knows voices with more. */
  voice?: string | Readonly<Record<string, unknown>> | null;
  /** `mp3`, `opus`, `aac`, `flac`, `wav`, `pcm`. */
  response_format?: string | null;
  speed?: number | null;
  instructions?: string | null;
  [name: string]: unknown;
}

/** Only where the provider's reply had to be read first; else its bytes pour through. */
export interface SpeakResponse {
  readonly mediaType: string;
  readonly audio: Buffer;
}

export interface TranscribeRequest {
  model: string;
  file: FilePart;
  language?: string | null;
  prompt?: string | null;
  /** `json`, `text`, `srt`, `verbose_json`, `vtt`. */
  response_format?: string | null;
  temperature?: number | null;
  timestamp_granularities?: string[] | null;
  [name: string]: unknown;
}

/** `text` alone for the formats that are no JSON: then it is the whole reply. */
export interface TranscribeResponse {
  text: string;
  language?: string;
  /** Seconds. */
  duration?: number;
  segments?: readonly Readonly<Record<string, unknown>>[];
  words?: readonly Readonly<Record<string, unknown>>[];
  [name: string]: unknown;
}
