/** How long a sound lasts, seen from its bytes: exactly where it is WAV, else guessed from its size. */

import { Buffer } from "node:buffer";
import type { FilePart } from "../hub/file-part.ts";
import type { Usage } from "../usage.ts";

/** Bytes of a second, of what is usually sent: MP3 and AAC at 128 kbit/s, speech in Opus at 32. */
const perSecond: readonly (readonly [RegExp, number])[] = [
  [/opus|ogg|webm|oga/, 4_000],
  [/flac/, 60_000],
  [/pcm|l16|raw/, 48_000],
  [/wav/, 32_000],
];
const USUAL = 16_000;

/** What is looked at: formats that put pictures and tags before their sound are guessed. */
const HEAD_BYTES = 65_536;

/** Of a file that came with a request. */
export async function soundUsage(file: FilePart): Promise<Usage> {
  const head = await headOf(file);
  const exact = secondsOfWav(head, file.size);
  return exact === undefined ? guessed(file.size, `${file.mediaType} ${file.filename}`) : { units: { seconds: exact } };
}

/** Of sound that a provider made and nobody kept. */
export function guessed(size: number, kind: string): Usage {
  const rate = perSecond.find(([pattern]) => pattern.test(kind.toLowerCase()))?.[1] ?? USUAL;
  return { units: { seconds: Math.round((size / rate) * 100) / 100 }, estimated: true };
}

async function headOf(file: FilePart): Promise<Buffer> {
  const pieces: Buffer[] = [];
  let length = 0;
  for await (const piece of file.open()) {
    pieces.push(piece as Buffer);
    length += (piece as Buffer).length;
    if (length >= HEAD_BYTES) break;
  }
  return Buffer.concat(pieces).subarray(0, HEAD_BYTES);
}

/** Source: the RIFF/WAVE specification: chunks of a name, a length and that many bytes. `size` is that of the whole file. */
function secondsOfWav(head: Buffer, size: number): number | undefined {
  if (head.length < 12 || head.toString("latin1", 0, 4) !== "RIFF" || head.toString("latin1", 8, 12) !== "WAVE") return undefined;
  let rate = 0;
  for (let at = 12; at + 8 <= head.length; ) {
    const name = head.toString("latin1", at, at + 4);
    const length = head.readUInt32LE(at + 4);
    if (name === "fmt " && at + 20 <= head.length) rate = head.readUInt32LE(at + 16);
    // A length that was not known when the file was begun is more than there is.
    if (name === "data") return rate > 0 ? Math.min(length, Math.max(0, size - at - 8)) / rate : undefined;
    at += 8 + length + (length % 2);
  }
  return undefined;
}
