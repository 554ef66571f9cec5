/** Transcripts of providers that tell what was said word by word: in OpenAI's verbose form, segments made of words where they are wanted. */

import { GatewayError } from "../errors.ts";
import type { TranscribeRequest, TranscribeResponse } from "../hub/audio.ts";
import type { WireReply } from "../transport/transport.ts";
import type { Usage } from "../usage.ts";

/** Times in seconds. */
export interface TimedWord {
  readonly word: string;
  readonly start: number;
  readonly end: number;
  /** As it stands in the text, where that differs. */
  readonly written?: string;
  readonly speaker?: string | number;
}

export interface Heard {
  readonly text: string;
  readonly language?: string;
  /** Seconds. */
  readonly duration?: number;
  readonly words: readonly TimedWord[];
}

export function transcript({ text, language, duration, words }: Heard, asked: TranscribeRequest): TranscribeResponse {
  return {
    text,
    task: "transcribe",
    language: language ?? asked.language ?? "en",
    ...(duration !== undefined && { duration }),
    words: words.map(({ word, start, end, speaker }) => ({ word, start, end, ...(speaker !== undefined && { speaker }) })),
    ...(wantsSegments(asked) && { segments: segmentsOf(words) }),
  };
}

/** Subtitles are made of segments. */
function wantsSegments({ response_format: format, timestamp_granularities: granularities }: TranscribeRequest): boolean {
  return format === "verbose_json" || format === "srt" || format === "vtt" || granularities?.includes("segment") === true;
}

const LONGEST_SEGMENT_SECONDS = 8;
const PAUSE_SECONDS = 1;

/** A segment ends with a sentence, a change of speaker, a pause, or when it would be too long to read at a glance. */
function segmentsOf(words: readonly TimedWord[]): Readonly<Record<string, unknown>>[] {
  const groups: TimedWord[][] = [];
  for (const word of words) {
    const group = groups.at(-1);
    const last = group?.at(-1);
    if (group?.[0] && last && !parts(group[0], last, word)) group.push(word);
    else groups.push([word]);
  }
  return groups.map((group, id) => ({
    id,
    start: group[0]?.start ?? 0,
    end: group.at(-1)?.end ?? 0,
    text: group.map(({ word, written }) => written ?? word).join(" "),
    ...(group[0]?.speaker !== undefined && { speaker: group[0].speaker }),
  }));
}

function parts(first: TimedWord, last: TimedWord, next: TimedWord): boolean {
  return (
    /[.!?\u3002\uff01\uff1f]["')\]]*$/.test(last.written ?? last.word) ||
    last.speaker !== next.speaker ||
    next.start - last.end > PAUSE_SECONDS ||
    next.end - first.start > LONGEST_SEGMENT_SECONDS
  );
}

/** `Speaker 0: …` for each turn, when more is known than the words. */
export function turns(words: readonly TimedWord[]): string {
  const spoken: { readonly speaker: string | number | undefined; readonly words: string[] }[] = [];
  for (const { speaker, word, written } of words) {
    const turn = spoken.at(-1);
    if (turn && turn.speaker === speaker) turn.words.push(written ?? word);
    else spoken.push({ speaker, words: [written ?? word] });
  }
  return spoken.map((turn) => `Speaker ${turn.speaker ?? "?"}: ${turn.words.join(" ")}\n`).join("\n");
}

export function secondsUsed(seconds: unknown): Usage | undefined {
  return typeof seconds === "number" && Number.isFinite(seconds) ? { units: { seconds } } : undefined;
}

export function noTranscript(reply: WireReply, readError: (reply: WireReply) => GatewayError): GatewayError {
  const body = reply.body;
  if (body !== null && typeof body === "object" && ("error" in body || "detail" in body || "message" in body)) return readError(reply);
  return new GatewayError("bad_reply", "The provider answered 200, but its body is no transcript. Check api_base and the model's name.");
}

/** Members of a transcription request that have another name there, or none. */
export const transcribeMembers: ReadonlySet<string> = new Set(
  "model file language prompt response_format temperature timestamp_granularities stream include chunking_strategy user metadata extra_headers".split(
    " ",
  ),
);
