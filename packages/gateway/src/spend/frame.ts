/** How rows stand in a spool segment: one line each, with its length and a checksum, so that any damage is found and stays where it is. */

import { crc32 } from "node:zlib";

/** Raised when an older build could not read what this one writes. */
export const SPOOL_VERSION = 1;

const headerPattern = /^tollgate-spool (\d+) (\S*)$/;

/** The first line of a segment: the version, and whose loans its rows were reserved from. */
export function headerOf(instanceId: string): string {
  return `tollgate-spool ${SPOOL_VERSION} ${instanceId}\n`;
}

export interface Header {
  readonly version: number;
  readonly instanceId: string;
}

/** Undefined when the first line is no header: torn, or damaged. */
export function readHeader(line: string): Header | undefined {
  const match = headerPattern.exec(line);
  return match ? { version: Number(match[1]), instanceId: match[2] ?? "" } : undefined;
}

/** What a frame tells: a call that ended, or one that will last. */
export type FrameKind = "+" | "~";

const kindSums: Readonly<Record<FrameKind, number>> = { "+": crc32("+"), "~": crc32("~") };

/**
 * `<length> <crc32> <kind><text>\n`: the numbers hexadecimal, the length that of kind and text in bytes. The text has no line end of its own.
 * The sum is made over `text` itself, which V8 makes one piece for that: put together from a hundred pieces it would be kept as such.
 */
export function frameOf(kind: FrameKind, text: string): string {
  return `${(Buffer.byteLength(text) + 1).toString(16)} ${crc32(text, kindSums[kind]).toString(16)} ${kind}${text}\n`;
}

export interface ReadFrames {
  readonly payloads: readonly string[];
  /** Bytes of the tail that a write did not finish. */
  readonly torn: number;
  /** Pieces before the tail that do not fit their checksums. */
  readonly damaged: readonly Buffer[];
}

const NEWLINE = 10;
/** The longest length, the checksum and two spaces. */
const LONGEST_PREFIX = 18;

/** Every whole frame of `bytes` from `start`; what is broken is passed over up to the next line that is whole. */
export function readFrames(bytes: Buffer, start: number): ReadFrames {
  const payloads: string[] = [];
  const damaged: Buffer[] = [];
  let broken = -1;
  let at = start;
  while (at < bytes.length) {
    const frame = frameAt(bytes, at);
    if (!frame) {
      if (broken < 0) broken = at;
      const end = bytes.indexOf(NEWLINE, at);
      at = end < 0 ? bytes.length : end + 1;
      continue;
    }
    if (broken >= 0) damaged.push(bytes.subarray(broken, at));
    broken = -1;
    payloads.push(frame.payload);
    at = frame.end;
  }
  return { payloads, damaged, torn: broken < 0 ? 0 : bytes.length - broken };
}

function frameAt(bytes: Buffer, at: number): { payload: string; end: number } | undefined {
  const match = /^([0-9a-f]{1,8}) ([0-9a-f]{1,8}) /.exec(bytes.toString("latin1", at, Math.min(at + LONGEST_PREFIX, bytes.length)));
  if (!match) return undefined;
  const begin = at + match[0].length;
  const end = begin + Number.parseInt(match[1] ?? "", 16);
  // A whole frame whose line end alone is missing was not finished: nobody was told that it stands.
  if (end >= bytes.length) return undefined;
  const payload = bytes.subarray(begin, end);
  if (crc32(payload) !== Number.parseInt(match[2] ?? "", 16)) return undefined;
  return { payload: payload.toString("utf8"), end: end + 1 };
}
