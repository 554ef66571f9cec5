/** All segments that the database does not have whole: rows leave them in the order in which they came. */

import type { Clock } from "tollgate/parts";
import type { Segment, SpoolRow } from "./segment.ts";
import type { SpoolFiles } from "./spool-files.ts";
import { readSegment, type SegmentPart } from "./spool-reading.ts";

export interface SegmentsOptions {
  readonly folder: string;
  readonly files: SpoolFiles;
  readonly clock: Clock;
  /** How long a file outlives its last row: for a database that does not sync by itself. */
  readonly keepMs: number;
  readonly warn: (fields: object, text: string) => void;
  /** Ends the segment that is written to. */
  readonly seal: (segment: Segment) => void;
}

/** Rows of one segment, oldest first. */
export interface Batch {
  readonly segment: Segment;
  readonly rows: readonly SpoolRow[];
}

/** Calls that earlier processes began and never ended, with the instance that reserved for each. */
export interface Unended {
  readonly calls: readonly { readonly row: SpoolRow; readonly instanceId: string }[];
  /** All earlier processes that left anything. */
  readonly instances: readonly string[];
  /** They are written: the files that told of them may go. */
  readonly done: () => void;
}

/** A segment that is still written to is ended beyond this size when nothing in it waits, so that little is replayed after a crash. */
const SMALL = 256 * 1024;

export class Segments {
  readonly #options: SegmentsOptions;
  /** Oldest first. */
  readonly #list: Segment[];
  readonly #earlier: ReadonlySet<string>;
  readonly #removals = new Set<Promise<void>>();
  readonly #kept: { readonly path: string; readonly until: number }[] = [];
  /** Of those that are read now. */
  readonly #readings = new Map<Segment, AsyncGenerator<SegmentPart, void>>();

  constructor(options: SegmentsOptions, left: readonly Segment[]) {
    this.#options = options;
    this.#list = [...left];
    this.#earlier = new Set(left.map(({ instanceId }) => instanceId).filter((id) => id !== ""));
  }

  add(segment: Segment): void {
    this.#list.push(segment);
  }

  /** The oldest rows that wait; undefined when there are none. */
  async next(limit: number): Promise<Batch | undefined> {
    for (const segment of [...this.#list]) {
      while (segment.spilled && segment.inMemory < limit) await this.#read(segment);
      const rows = segment.next(limit);
      if (rows.length > 0) return { segment, rows };
      this.settle(segment);
    }
    return undefined;
  }

  /** The first `count` rows of the segment are in the database, or put aside. */
  done(segment: Segment, count: number): void {
    segment.done(count);
    if (!segment.sealed && segment.inMemory === 0 && segment.bytes > SMALL) this.#options.seal(segment);
    this.settle(segment);
  }

  /** Earlier processes left more than was taken. */
  get hasEarlier(): boolean {
    return this.#list.some(({ old, spilled, inMemory }) => old && (spilled || inMemory > 0));
  }

  /** Complete only when there are none of earlier ones. */
  unended(): Unended {
    const segments = this.#list.filter((segment) => segment.old && !segment.spilled && segment.begun.size > 0);
    const calls = segments.flatMap(({ begun, instanceId }) => [...begun.values()].map((row) => ({ row, instanceId })));
    const done = (): void => {
      for (const segment of segments) {
        segment.begun.clear();
        this.settle(segment);
      }
    };
    return { calls, instances: [...this.#earlier], done };
  }

  /** The call has its row now. */
  ended(callId: string): void {
    for (const { begun } of this.#list) if (begun.size > 0) begun.delete(callId);
  }

  /** Lets go of a segment that nobody needs. */
  settle(segment: Segment): void {
    if (!segment.finished) return;
    const at = this.#list.indexOf(segment);
    if (at < 0) return;
    this.#list.splice(at, 1);
    if (segment.onDisk) this.#kept.push({ path: segment.path, until: this.#options.clock.now() + this.#options.keepMs });
    if (this.#options.keepMs === 0) this.sweep(this.#options.clock.now());
  }

  /** Removes finished files whose time has come. */
  sweep(now: number): void {
    while (this.#kept[0] && this.#kept[0].until <= now) this.#remove(this.#kept.shift()?.path ?? "");
  }

  /** Removes them all: the database was closed well. */
  async clear(): Promise<void> {
    for (const { path } of this.#kept.splice(0)) this.#remove(path);
    await Promise.all(this.#removals);
  }

  get waiting(): number {
    return this.#list.reduce((sum, { waiting }) => sum + waiting, 0);
  }

  /** Without those of earlier processes, which nobody has counted before they are read. */
  get ownWaiting(): number {
    return this.#list.reduce((sum, { old, waiting }) => (old ? sum : sum + waiting), 0);
  }

  get inMemory(): number {
    return this.#list.reduce((sum, { inMemory }) => sum + inMemory, 0);
  }

  /** Rows of this process wait that memory does not hold. */
  get hasSpilled(): boolean {
    return this.#list.some(({ old, spilled }) => !old && spilled);
  }

  /** What all files that are needed take. */
  get bytes(): number {
    return this.#list.reduce((sum, { bytes }) => sum + bytes, 0);
  }

  get oldest(): number | undefined {
    return this.#list.find(({ oldest }) => oldest !== undefined)?.oldest;
  }

  #remove(path: string): void {
    const { files, warn } = this.#options;
    const removal = files
      .remove(path)
      .catch((cause: Error) => warn({ path, error: cause.message }, "a finished file of the spool stays"))
      .finally(() => this.#removals.delete(removal));
    this.#removals.add(removal);
  }

  /** The next part of its file. */
  async #read(segment: Segment): Promise<void> {
    if (!segment.sealed) this.#options.seal(segment);
    const { path, old } = segment;
    const { files, folder, warn } = this.#options;
    const reading = this.#readings.get(segment) ?? readSegment({ path, files, folder, warn, cut: old });
    this.#readings.set(segment, reading);
    const part = await reading.next().catch((cause: Error) => {
      // Nothing waits behind it; the next start tries again.
      warn({ path, error: cause.message }, "a file of the spool cannot be read; its rows are not in the database");
      segment.onDisk = false;
    });
    if (part && !part.done) {
      this.#take(segment, part.value);
      return;
    }
    this.#readings.delete(segment);
    segment.wholly();
  }

  #take(segment: Segment, { ended, begun }: SegmentPart): void {
    // Calls of this process that have not ended are under way, and those that have are known to have.
    if (segment.old) {
      for (const row of begun) segment.begun.set(row.callId, row);
      for (const { callId } of ended) this.ended(callId);
    }
    segment.fill(ended);
  }
}
