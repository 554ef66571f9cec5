/** A file that only grows: what was written is synced in groups, and a failed sync is never tried again on the same file. */

import type { Alarm, Clock } from "tollgate/parts";
import { KeptBytes } from "./kept-bytes.ts";
import type { SpoolFiles } from "./spool-files.ts";

export interface LastingFileOptions {
  readonly files: SpoolFiles;
  readonly clock: Clock;
  /** How long writes wait for each other before they are synced together. */
  readonly groupMs: number;
  /**
   * After a failed sync nobody knows what of the text is on the disk, and the next sync would say "fine" about it: the text has to go to
   * another file. `told` wait to hear that it lasts.
   */
  readonly onSyncFailure: (error: Error, text: string, told: readonly (() => void)[]) => void;
}

export class LastingFile {
  readonly #options: LastingFileOptions;
  readonly #file: number;
  #bytes = 0;
  /** Written, but perhaps not on the disk yet. */
  #unsynced = new KeptBytes();
  /** Of the sync that is under way, or empty. */
  #inSync = new KeptBytes();
  #waiting: (() => void)[] = [];
  #alarm: Alarm | undefined;
  #syncing = false;
  #ended = false;
  #failed = false;

  constructor(file: number, options: LastingFileOptions) {
    this.#file = file;
    this.#options = options;
  }

  get bytes(): number {
    return this.#bytes;
  }

  /** Throws when the disk refuses; then nothing of `text` stands in the file, as far as that can be helped. */
  append(text: string): void {
    const bytes = this.#unsynced.add(text);
    try {
      this.#options.files.write(this.#file, bytes);
    } catch (cause) {
      this.#unsynced.takeBack(bytes.length);
      this.#cutBack();
      throw cause;
    }
    this.#bytes += bytes.length;
    if (!this.#syncing) this.#alarm ??= this.#options.clock.after(this.#options.groupMs, () => this.#sync());
  }

  /** Tells when all that was written so far lasts. */
  lasting(told: () => void): void {
    this.#waiting.push(told);
    if (!this.#syncing) this.#sync();
  }

  /** Nothing more will be written: syncs what is left, then closes. */
  end(): void {
    if (this.#ended) return;
    this.#ended = true;
    if (!this.#syncing) this.#sync();
  }

  #cutBack(): void {
    try {
      this.#options.files.cut(this.#file, this.#bytes);
    } catch {
      // What is left there is a torn frame, which readers pass over.
    }
  }

  #sync(): void {
    this.#alarm?.cancel();
    this.#alarm = undefined;
    if (this.#failed) return;
    const text = this.#unsynced;
    const waiting = this.#waiting;
    this.#waiting = [];
    if (text.length === 0) {
      this.#synced(waiting);
      return;
    }
    this.#syncing = true;
    this.#unsynced = this.#inSync;
    this.#inSync = text;
    this.#options.files.sync(this.#file, (error) => {
      this.#syncing = false;
      if (!error) {
        text.clear();
        this.#synced(waiting);
        return;
      }
      this.#failed = true;
      this.#options.files.close(this.#file);
      this.#options.onSyncFailure(error, `${text.all}${this.#unsynced.all}`, [...waiting, ...this.#waiting]);
    });
  }

  #synced(waiting: readonly (() => void)[]): void {
    for (const told of waiting) told();
    if (this.#unsynced.length > 0) {
      if (this.#waiting.length > 0 || this.#ended) this.#sync();
      else this.#alarm ??= this.#options.clock.after(this.#options.groupMs, () => this.#sync());
    } else if (this.#ended && !this.#syncing) {
      this.#options.files.close(this.#file);
    }
  }
}
