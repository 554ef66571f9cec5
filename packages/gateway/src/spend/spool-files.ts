/** What the spool asks of the file system: an argument, so that tests can let disks fill up and fail. */

import {
  appendFileSync,
  closeSync,
  fdatasync,
  fsync,
  ftruncateSync,
  mkdirSync,
  open,
  openSync,
  readdirSync,
  readSync,
  rmSync,
  statSync,
  writeSync,
} from "node:fs";
import { readFile, truncate, unlink } from "node:fs/promises";

export interface SpoolFiles {
  makeFolder(path: string): void;
  /** Names and sizes. */
  list(folder: string): readonly { readonly name: string; readonly bytes: number }[];
  /** The first line of a file, without its end; what there is of it when it is torn. */
  firstLine(path: string): string;
  /** A new file for its owner only. */
  create(path: string): number;
  /** Writes all of it, or throws. */
  write(file: number, bytes: Buffer): void;
  cut(file: number, length: number): void;
  sync(file: number, done: (error: Error | null) => void): void;
  /** Makes new names last. What comes of it nobody can mend. */
  syncFolder(path: string): void;
  close(file: number): void;
  read(path: string): Promise<Buffer>;
  cutFile(path: string, length: number): Promise<void>;
  remove(path: string): Promise<void>;
  /** Removes at once, if that can be. */
  drop(path: string): void;
  /** Adds to a file that is made when it is not there, for its owner only. */
  add(path: string, bytes: Buffer | string): void;
}

const LONGEST_FIRST_LINE = 256;

export const spoolFiles: SpoolFiles = {
  makeFolder: (path) => void mkdirSync(path, { recursive: true, mode: 0o700 }),
  list: (folder) =>
    readdirSync(folder, { withFileTypes: true })
      .filter((each) => each.isFile())
      .map(({ name }) => ({ name, bytes: statSync(`${folder}/${name}`).size })),
  firstLine(path) {
    const file = openSync(path, "r");
    try {
      const bytes = Buffer.alloc(LONGEST_FIRST_LINE);
      const text = bytes.toString("latin1", 0, readSync(file, bytes));
      return text.split("\n", 1)[0] ?? "";
    } finally {
      closeSync(file);
    }
  },
  create: (path) => openSync(path, "wx", 0o600),
  write(file, bytes) {
    for (let at = 0; at < bytes.length; ) at += writeSync(file, bytes, at);
  },
  cut: ftruncateSync,
  sync: fdatasync,
  syncFolder(path) {
    open(path, "r", (failure, folder) => {
      if (!failure) fsync(folder, () => closeSync(folder));
    });
  },
  close: closeSync,
  read: (path) => readFile(path),
  cutFile: (path, length) => truncate(path, length),
  remove: (path) => unlink(path),
  drop: (path) => rmSync(path, { force: true }),
  add: (path, bytes) => appendFileSync(path, bytes, { mode: 0o600 }),
};
