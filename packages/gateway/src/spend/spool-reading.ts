/** Reads what an earlier process, or this one, left in the spool, and says what is broken there. */

import { GatewayError } from "tollgate/parts";
import { type EntryKind, readFrames, readHeader, SPOOL_VERSION } from "./frame.ts";
import { Segment, type SpoolRow } from "./segment.ts";
import type { SpoolFiles } from "./spool-files.ts";

/** The first letter of an entry. */
export const ENDED: EntryKind = "+";
export const BEGUN: EntryKind = "~";

type Warn = (fields: object, text: string) => void;

/** The segments that stand in the folder, oldest first; makes the folder. Throws when a newer version wrote there. */
export function findSegments(folder: string, files: SpoolFiles, warn: Warn): { segments: Segment[]; number: number } {
  try {
    files.makeFolder(folder);
  } catch (cause) {
    warn({ folder, error: cause instanceof Error ? cause.message : String(cause) }, "the spool's folder cannot be made");
    return { segments: [], number: 0 };
  }
  const found = files
    .list(folder)
    .filter(({ name }) => name.endsWith(".spool"))
    .sort((a, b) => (a.name < b.name ? -1 : 1));
  const segments = found.map(({ name, bytes }) => oldSegment(`${folder}/${name}`, bytes, files));
  return { segments, number: Math.max(0, ...found.map(({ name }) => Number.parseInt(name, 10) || 0)) };
}

function oldSegment(path: string, bytes: number, files: SpoolFiles): Segment {
  const header = readHeader(files.firstLine(path));
  if (header && header.version > SPOOL_VERSION)
    throw new GatewayError(
      "internal",
      `The spool file ${path} has version ${header.version}, and this build knows none above ${SPOOL_VERSION}. Start the build that wrote it once, so that its rows reach the database, or move the file away.`,
    );
  const segment = new Segment({ path, instanceId: header?.instanceId ?? "", old: true });
  segment.onDisk = true;
  segment.sealed = true;
  segment.spilled = true;
  segment.bytes = bytes;
  // As far as it is known: there is something.
  segment.alsoHolds(1);
  return segment;
}

/** Rows of a part of a segment. */
export interface SegmentPart {
  readonly ended: readonly SpoolRow[];
  /** Those that did not end in the same part. */
  readonly begun: readonly SpoolRow[];
}

interface Reading {
  readonly path: string;
  readonly folder: string;
  readonly files: SpoolFiles;
  readonly warn: Warn;
  /** Take the torn tail off the file. */
  readonly cut: boolean;
}

/** What is looked through at once: some milliseconds. */
const PART = 512 * 1024;
const NEWLINE = 10;

/** The rows of a segment in their order, part by part, so that nobody else waits for all of it. */
export async function* readSegment(reading: Reading): AsyncGenerator<SegmentPart, void> {
  const { path, files } = reading;
  const bytes = await files.read(path);
  const lineEnd = bytes.indexOf(NEWLINE);
  const headed = lineEnd >= 0 && readHeader(bytes.toString("latin1", 0, lineEnd)) !== undefined;
  for (let at = headed ? lineEnd + 1 : 0; at < bytes.length; ) {
    // No row has a line end inside.
    const end = bytes.indexOf(NEWLINE, at + PART) + 1 || bytes.length;
    const { entries, torn, damaged } = readFrames(bytes.subarray(at, end), 0);
    const isLast = end === bytes.length;
    if (torn > 0 && isLast) await cutTail(reading, bytes.length, torn);
    putAside(reading, torn > 0 && !isLast ? [...damaged, bytes.subarray(end - torn, end)] : damaged);
    yield sorted(entries);
    at = end;
    await new Promise((resolve) => setImmediate(resolve));
  }
}

async function cutTail({ path, files, warn, cut }: Reading, length: number, torn: number): Promise<void> {
  warn({ path, bytes: torn }, "the spool's last write was not finished; its torn end is cut off");
  if (cut) await files.cutFile(path, length - torn).catch(() => {});
}

function putAside({ path, folder, files, warn }: Reading, damaged: readonly Buffer[]): void {
  if (damaged.length === 0) return;
  const aside = `${folder}/damaged`;
  warn({ path, pieces: damaged.length, aside }, "parts of the spool are damaged; they are put aside and the rest is used");
  files.makeFolder(aside);
  files.add(`${aside}/${path.split("/").at(-1)}`, Buffer.concat(damaged));
}

function sorted(entries: readonly string[]): SegmentPart {
  const begun = new Map<string, SpoolRow>();
  const ended: SpoolRow[] = [];
  for (const entry of entries) {
    const row = rowOf(entry.slice(1));
    if (entry.startsWith(BEGUN)) {
      begun.set(row.callId, row);
    } else {
      begun.delete(row.callId);
      ended.push(row);
    }
  }
  return { ended, begun: [...begun.values()] };
}

/** They stand first in each row: nothing else needs to be parsed to know them. */
const head = /^\{"call_id":("(?:[^"\\]|\\.)*"),"started":(\d+)/;

function rowOf(text: string): SpoolRow {
  const match = head.exec(text);
  return { callId: match ? String(JSON.parse(match[1] ?? '""')) : "", text, at: Number(match?.[2] ?? 0) };
}
