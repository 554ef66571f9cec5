/** One file of the spool with its rows that the database does not have yet. */

import type { LastingFile } from "./lasting-file.ts";

export interface SpoolRow {
  readonly callId: string;
  /** A JSON object: the members are named like the columns of `calls`. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

export class Segment {
  readonly path: string;
  /** The instance whose loans its rows were reserved from. */
  readonly instanceId: string;
  /** Written by an earlier process. */
  readonly old: boolean;
  /** Undefined: not made yet because the disk refuses, or already ended. */
  file: LastingFile | undefined;
  /** There is a file below `path`. */
  onDisk = false;
  /** No more rows are added. */
  sealed = false;
  /** Its rows are not held in memory, but read when their turn comes. */
  spilled = false;
  bytes = 0;
  /** Calls that began here and have not ended. */
  readonly begun = new Map<string, SpoolRow>();
  #rows: SpoolRow[] = [];
  #done = 0;
  #unread = 0;
  #oldest: number | undefined;

  constructor(at: { path: string; instanceId: string; old: boolean }) {
    this.path = at.path;
    this.instanceId = at.instanceId;
    this.old = at.old;
  }

  add(row: SpoolRow): void {
    this.#oldest ??= row.at;
    if (this.spilled) this.#unread += 1;
    else this.#rows.push(row);
  }

  /** What was on the disk is in memory again. */
  fill(rows: readonly SpoolRow[]): void {
    this.#rows = [...rows];
    this.#done = 0;
    this.#unread = 0;
    this.spilled = false;
    this.#oldest = rows[0]?.at;
  }

  next(limit: number): readonly SpoolRow[] {
    return this.#rows.slice(this.#done, this.#done + limit);
  }

  done(count: number): void {
    this.#done += count;
    this.#oldest = this.#rows[this.#done]?.at;
    if (this.#done === this.#rows.length) this.fill([]);
  }

  /** Rows that wait, as far as it is known: those of an old segment count when they are read. */
  get waiting(): number {
    return this.inMemory + this.#unread;
  }

  get inMemory(): number {
    return this.#rows.length - this.#done;
  }

  get oldest(): number | undefined {
    return this.#oldest;
  }

  /** Its file is not needed any more. */
  get finished(): boolean {
    return this.sealed && !this.spilled && this.inMemory === 0 && this.begun.size === 0;
  }
}
