/** Reads what an earlier process, or this one, left in the spool, and says what is broken there. */

import { GatewayError } from "tollgate/parts";
import { type FrameKind, readFrames, readHeader, SPOOL_VERSION } from "./frame.ts";
import { Segment, type SpoolRow } from "./segment.ts";
import type { SpoolFiles } from "./spool-files.ts";

/** The first letter of a payload. */
export const ENDED: FrameKind = "+";
export const BEGUN: FrameKind = "~";

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
  if (header && header.version !== SPOOL_VERSION)
    throw new GatewayError(
      "internal",
      `The spool file ${path} has version ${header.version}, and this build knows ${SPOOL_VERSION}. Start the build that wrote it once, so that its rows reach the database, or move the file away.`,
    );
  const segment = new Segment({ path, instanceId: header?.instanceId ?? "", old: true });
  segment.onDisk = true;
  segment.sealed = true;
  segment.spilled = true;
  segment.bytes = bytes;
  return segment;
}

export interface SegmentRows {
  readonly ended: readonly SpoolRow[];
  /** Those that did not end in the same file. */
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

export async function readSegment({ path, folder, files, warn, cut }: Reading): Promise<SegmentRows> {
  const bytes = await files.read(path);
  const lineEnd = bytes.indexOf("\n");
  const headed = lineEnd >= 0 && readHeader(bytes.toString("latin1", 0, lineEnd)) !== undefined;
  const { payloads, torn, damaged } = readFrames(bytes, headed ? lineEnd + 1 : 0);
  if (torn > 0) {
    warn({ path, bytes: torn }, "the spool's last write was not finished; its torn end is cut off");
    if (cut) await files.cutFile(path, bytes.length - torn).catch(() => {});
  }
  if (damaged.length > 0) {
    const aside = `${folder}/damaged`;
    warn({ path, pieces: damaged.length, aside }, "parts of the spool are damaged; they are put aside and the rest is used");
    files.makeFolder(aside);
    files.add(`${aside}/${path.split("/").at(-1)}`, Buffer.concat(damaged));
  }
  return sorted(payloads);
}

function sorted(payloads: readonly string[]): SegmentRows {
  const begun = new Map<string, SpoolRow>();
  const ended: SpoolRow[] = [];
  for (const payload of payloads) {
    const row = rowOf(payload.slice(1));
    if (payload.startsWith(BEGUN)) {
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
