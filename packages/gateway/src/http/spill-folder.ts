/** Where large parts of forms wait: files that only we may read, in a folder that only we may enter, gone when their call is over. */

import type { Buffer } from "node:buffer";
import { createReadStream } from "node:fs";
import { type FileHandle, mkdtemp, open, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import type { FilePart } from "tollgate/parts";

export class SpillFolder {
  readonly #parent: string;
  #folder: Promise<string> | undefined;
  #made = 0;

  constructor(parent: string) {
    this.#parent = parent;
  }

  async create(): Promise<SpilledFile> {
    // mkdtemp gives its folder to its owner alone.
    this.#folder ??= mkdtemp(join(this.#parent, "tollgate-"));
    this.#made += 1;
    const path = join(await this.#folder, String(this.#made));
    return new SpilledFile(path, await open(path, "wx", 0o600));
  }

  /** With all that is still in it. */
  async close(): Promise<void> {
    if (this.#folder) await rm(await this.#folder, { recursive: true, force: true });
  }
}

export class SpilledFile {
  readonly #path: string;
  readonly #handle: FileHandle;
  #size = 0;

  constructor(path: string, handle: FileHandle) {
    this.#path = path;
    this.#handle = handle;
  }

  async write(bytes: Buffer): Promise<void> {
    for (let at = 0; at < bytes.length; ) at += (await this.#handle.write(bytes, at)).bytesWritten;
    this.#size += bytes.length;
  }

  /** No more is written. */
  async done(filename: string, mediaType: string): Promise<FilePart> {
    await this.#handle.close();
    const path = this.#path;
    return { filename, mediaType, size: this.#size, bytes: () => readFile(path), open: () => createReadStream(path) };
  }

  async remove(): Promise<void> {
    await this.#handle.close();
    await rm(this.#path, { force: true });
  }
}
