/** One file of the spool with its rows that the database does not have yet. */

import { inOnePiece } from "../texts/in-one-piece.ts";
import type { LastingFile } from "./lasting-file.ts";

export interface SpoolRow {
  readonly callId: string;
  /** A JSON object: the members are named like the columns of `calls`. */
  readonly text: string;
  /** Milliseconds since 1970. */
  readonly at: number;
}

/** More text than this is not handed out at once. */
const MOST_TEXT = 4 * 1024 * 1024;

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
  /** Its rows, or some of them, are not held in memory, but read when their turn comes. */
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
    else this.#rows.push({ callId: row.callId, text: inOnePiece(row.text), at: row.at });
  }

  /** Rows of a file that is lost stand in this one's, too. */
  alsoHolds(count: number): void {
    this.#unread += count;
  }

  /** The next rows of the file are in memory. */
  fill(rows: readonly SpoolRow[]): void {
    this.#rows = [...this.#rows.slice(this.#done), ...rows];
    this.#done = 0;
    this.#unread = Math.max(0, this.#unread - rows.length);
    this.#oldest = this.#rows[0]?.at ?? this.#oldest;
  }

  /** All of the file was read, or nobody can. */
  wholly(): void {
    this.spilled = false;
    this.#unread = 0;
    this.#oldest = this.#rows[this.#done]?.at;
  }

  /** The oldest rows in memory, `limit` at most. */
  next(limit: number): readonly SpoolRow[] {
    let end = this.#done;
    for (let text = 0; end < this.#rows.length && end - this.#done < limit && text < MOST_TEXT; end += 1)
      text += this.#rows[end]?.text.length ?? 0;
    return this.#rows.slice(this.#done, end);
  }

  /** All in memory. */
  get held(): readonly SpoolRow[] {
    return this.#rows.slice(this.#done);
  }

  done(count: number): void {
    const last = this.#rows[this.#done + count - 1];
    this.#done += count;
    // Of rows that are not read yet only this is known: they came later.
    this.#oldest = this.#rows[this.#done]?.at ?? (this.spilled ? last?.at : undefined);
    if (this.#done < this.#rows.length) return;
    this.#rows = [];
    this.#done = 0;
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
