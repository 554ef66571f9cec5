/** The write-ahead spool: rows stand in a file of ours before anybody is told of them, until the database has them. */

import type { Clock } from "tollgate/parts";
import { entriesIn, framesOf, headerOf } from "./frame.ts";
import { LastingFile } from "./lasting-file.ts";
import { Segment, type SpoolRow } from "./segment.ts";
import { Segments } from "./segments.ts";
import type { SpoolFiles } from "./spool-files.ts";
import { BEGUN, ENDED } from "./spool-reading.ts";

export interface SpoolOptions {
  readonly folder: string;
  readonly instanceId: string;
  readonly clock: Clock;
  readonly files: SpoolFiles;
  /** `always`: whoever waits for a row is told when it lasts, not when it is written. */
  readonly fsync: "grouped" | "always";
  readonly segmentBytes: number;
  /** Rows that are held in memory although they stand in a file; what comes beyond stands in files only and is read later. */
  readonly freshRows: number;
  /** Rows that are held in memory because no file takes them. */
  readonly memoryRows: number;
  readonly keepMs: number;
  readonly warn: (fields: object, text: string) => void;
}

/** What was appended since the loop last turned. */
interface Turn {
  readonly entries: string[];
  readonly rows: SpoolRow[];
  readonly begun: SpoolRow[];
  readonly told: (() => void)[];
}

const GROUP_MS = 50;
/** How often a disk that refused is tried again, and finished files are looked for. */
const TEND_MS = 1000;

export class Spool {
  readonly segments: Segments;
  readonly #options: SpoolOptions;
  readonly #stopTending: () => void;
  #current: Segment | undefined;
  #number: number;
  #turn: Turn | undefined;
  #idle: (() => void)[] = [];
  #problem: string | undefined;
  #lost = 0;

  /** `left`: the segments of an earlier process, oldest first, and the highest of their numbers. */
  constructor(options: SpoolOptions, left: { readonly segments: readonly Segment[]; readonly number: number }) {
    this.#options = options;
    this.segments = new Segments({ ...options, seal: (segment) => this.#seal(segment) }, left.segments);
    this.#number = left.number;
    this.#stopTending = options.clock.every(TEND_MS, () => this.#tend());
  }

  /** `told` when the row is written, with all others of this turn of the loop. */
  append(row: SpoolRow, told: () => void): void {
    const turn = this.#openTurn();
    turn.entries.push(ENDED + row.text);
    turn.rows.push(row);
    turn.told.push(told);
  }

  /** A call that will last: when it never ends, its row is found at the next start. */
  begun(row: SpoolRow): void {
    const turn = this.#openTurn();
    turn.entries.push(BEGUN + row.text);
    turn.begun.push(row);
  }

  get waiting(): number {
    return this.segments.waiting + (this.#turn?.rows.length ?? 0);
  }

  /** Without those of earlier processes. */
  get ownWaiting(): number {
    return this.segments.ownWaiting + (this.#turn?.rows.length ?? 0);
  }

  get oldest(): number | undefined {
    return this.segments.oldest ?? this.#turn?.rows[0]?.at;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Rows that neither disk nor memory could take. */
  get lost(): number {
    return this.#lost;
  }

  /** Resolves when everything appended so far is written. */
  written(): Promise<void> {
    if (!this.#turn) return Promise.resolve();
    return new Promise((resolve) => this.#idle.push(resolve));
  }

  async close(): Promise<void> {
    await this.written();
    this.#stopTending();
    if (this.#current) this.#seal(this.#current);
    await this.segments.clear();
  }

  #openTurn(): Turn {
    if (!this.#turn) {
      this.#turn = { entries: [], rows: [], begun: [], told: [] };
      setImmediate(() => this.#endTurn());
    }
    return this.#turn;
  }

  #endTurn(): void {
    const turn = this.#turn;
    this.#turn = undefined;
    if (!turn) return;
    const segment = this.#write(framesOf(turn.entries));
    for (const row of turn.begun) segment.begun.set(row.callId, row);
    for (const row of turn.rows) this.#keep(segment, row);
    if (segment.file && this.#options.fsync === "always") segment.file.lasting(() => tell(turn.told));
    else tell(turn.told);
    if (segment.bytes >= this.#options.segmentBytes || this.#isEnough(segment)) this.#seal(segment);
    tell(this.#idle.splice(0));
  }

  /** It holds what memory takes: those that come now go to a file that is read later. */
  #isEnough({ file, spilled, inMemory }: Segment): boolean {
    return file !== undefined && !spilled && inMemory > 0 && this.segments.inMemory >= this.#options.freshRows;
  }

  /** The segment where the lines stand now, or should. */
  #write(text: string): Segment {
    const segment = this.#current ?? this.#open();
    if (!segment.file) return segment;
    const failure = appended(segment, text);
    if (failure === undefined) return segment;
    this.#seal(segment);
    // The new file takes what the full one refused, or there is none.
    const next = this.#open();
    const again = appended(next, text);
    if (again !== undefined) this.#strand(next, again);
    return next;
  }

  /** Its rows wait in memory for a disk that takes them. */
  #strand(segment: Segment, cause: unknown): void {
    segment.file?.end();
    segment.file = undefined;
    segment.spilled = false;
    this.#discard(segment);
    this.#complain(cause);
  }

  #keep(segment: Segment, row: SpoolRow): void {
    this.segments.ended(row.callId);
    if (segment.file || segment.inMemory < this.#options.memoryRows) {
      segment.add(row);
      return;
    }
    this.#lost += 1;
    if (this.#lost === 1)
      this.#options.warn({ call_id: row.callId }, "spend is lost: neither the disk nor the database takes it, and memory is full");
  }

  #open(): Segment {
    const { folder, instanceId, freshRows } = this.#options;
    this.#number += 1;
    const path = `${folder}/${String(this.#number).padStart(10, "0")}.spool`;
    const segment = new Segment({ path, instanceId, old: false });
    // What waits before it must be read from files first: memory would hold it for long.
    const isLater = this.segments.hasSpilled || this.segments.inMemory >= freshRows;
    this.segments.add(segment);
    this.#current = segment;
    this.#give(segment);
    segment.spilled = segment.file !== undefined && isLater;
    return segment;
  }

  /** Makes the segment's file and puts into it what it holds already. */
  #give(segment: Segment): void {
    const { files, folder, clock, instanceId, warn } = this.#options;
    let file: LastingFile | undefined;
    try {
      files.makeFolder(folder);
      file = new LastingFile(files.create(segment.path), {
        files,
        clock,
        groupMs: GROUP_MS,
        onSyncFailure: (error, text, told) => this.#moveOn(segment, { error, text, told }),
      });
      segment.onDisk = true;
      const begun = [...segment.begun.values()].map(({ text }) => BEGUN + text);
      const rows = segment.held.map(({ text }) => ENDED + text);
      file.append(headerOf(instanceId) + framesOf([...begun, ...rows]));
      segment.file = file;
      segment.bytes = file.bytes;
      files.syncFolder(folder);
      if (this.#problem !== undefined) warn({ path: segment.path }, "the spool can be written again");
      this.#problem = undefined;
    } catch (cause) {
      file?.end();
      this.#discard(segment);
      this.#complain(cause);
    }
  }

  /** A file with nothing of use in it; its name is free for the next try. */
  #discard(segment: Segment): void {
    if (segment.onDisk) this.#options.files.drop(segment.path);
    segment.onDisk = false;
    segment.bytes = 0;
  }

  #complain(cause: unknown): void {
    const why = reasonOf(cause);
    if (this.#problem === undefined)
      this.#options.warn(
        { error: why },
        "the spool cannot be written; rows stay in memory until the database has them. Free disk space, or make the data folder writable.",
      );
    this.#problem = `The spool cannot be written: ${why}`;
  }

  /** After a failed sync: the same text once more, in another file. */
  #moveOn(segment: Segment, { error, text, told }: { error: Error; text: string; told: readonly (() => void)[] }): void {
    const { warn } = this.#options;
    warn({ error: error.message, path: segment.path }, "the disk did not keep a part of the spool; it is written again to another file");
    this.#seal(segment);
    // Rows that memory does not hold must be found again.
    if (segment.spilled && this.#current && !this.#current.spilled) this.#seal(this.#current);
    const next = this.#current ?? this.#open();
    if (next.file && appended(next, text) === undefined) {
      if (segment.spilled && next.spilled) next.alsoHolds(entriesIn(text));
      next.file.lasting(() => tell(told));
    } else tell(told);
  }

  #seal(segment: Segment): void {
    segment.sealed = true;
    segment.file?.end();
    segment.file = undefined;
    if (segment === this.#current) this.#current = undefined;
    this.segments.settle(segment);
  }

  #tend(): void {
    if (this.#current && !this.#current.file) this.#give(this.#current);
    this.segments.sweep(this.#options.clock.now());
  }
}

/** What the disk said when it refused; undefined when the text stands in the segment, or it has no file. */
function appended(segment: Segment, text: string): unknown {
  if (!segment.file) return undefined;
  try {
    segment.file.append(text);
    segment.bytes = segment.file.bytes;
    return undefined;
  } catch (cause) {
    return cause ?? new Error("unknown");
  }
}

function reasonOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause);
}

function tell(waiting: readonly (() => void)[]): void {
  for (const told of waiting) told();
}
