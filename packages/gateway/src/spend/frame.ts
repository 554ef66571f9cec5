/** How rows stand in a spool segment: some together in a line, with its length and a checksum, so that any damage is found and stays where it is. */

import { crc32 } from "node:zlib";

/** Raised when an older build could not read what this one writes; this one reads all before it. 2: several entries in a frame. */
export const SPOOL_VERSION = 2;

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

/** What an entry tells, as its first letter: a call that ended, or one that will last. */
export type EntryKind = "+" | "~";

/** JSON has no such letter outside of a text, and none that is not escaped inside. */
const BETWEEN = "\x1e";
/** So many entries share a length and a checksum at most, which cost more than an entry's bytes; so many are lost with one wrong bit. */
const TOGETHER = 16;

/**
 * Entries, each with its kind before it, as frames: `<length> <crc32> <entry>[<0x1e><entry>…]\n`, the numbers hexadecimal, the length in
 * bytes. No entry has a line end of its own.
 */
export function framesOf(entries: readonly string[]): string {
  if (entries.length <= TOGETHER) return entries.length === 0 ? "" : frameOf(entries.join(BETWEEN));
  let frames = "";
  for (let at = 0; at < entries.length; at += TOGETHER) frames += frameOf(entries.slice(at, at + TOGETHER).join(BETWEEN));
  return frames;
}

function frameOf(payload: string): string {
  return `${Buffer.byteLength(payload).toString(16)} ${crc32(payload).toString(16)} ${payload}\n`;
}

/** How many entries stand in whole frames. */
export function entriesIn(frames: string): number {
  return count(frames, "\n") + count(frames, BETWEEN);
}

function count(text: string, letter: string): number {
  let found = 0;
  for (let at = text.indexOf(letter); at >= 0; at = text.indexOf(letter, at + 1)) found += 1;
  return found;
}

export interface ReadFrames {
  /** With their kinds. */
  readonly entries: readonly string[];
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
  const entries: string[] = [];
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
    for (const entry of frame.payload.split(BETWEEN)) entries.push(entry);
    at = frame.end;
  }
  return { entries, damaged, torn: broken < 0 ? 0 : bytes.length - broken };
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
