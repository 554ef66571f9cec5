/** A database's folder as one compressed file, and that file as a folder again. */

import { createHash } from "node:crypto";
import { closeSync, constants, copyFileSync, mkdirSync, openSync, readFileSync, renameSync, rmdirSync, rmSync, writeSync } from "node:fs";
import { readdir, readFile, rename, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { createGunzip, gzipSync } from "node:zlib";

/** What the file begins with, in one line; after it come the contents, one behind the other. */
interface Head {
  readonly folders: readonly string[];
  /** The three databases that PostgreSQL is made with are nearly the same: most contents stand in several files. */
  readonly contents: readonly { readonly size: number; readonly paths: readonly string[] }[];
}

const pieceBytes = 256 * 1024;
const endOfLine = 0x0a;

export async function packSeed(folder: string, file: string): Promise<void> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const pathOf = (entry: (typeof entries)[number]): string => relative(folder, join(entry.parentPath, entry.name));
  const contents = new Map<string, { readonly bytes: Buffer; readonly paths: string[] }>();
  for (const entry of entries.filter((each) => each.isFile())) {
    const bytes = await readFile(join(entry.parentPath, entry.name));
    const digest = createHash("sha256").update(bytes).digest("hex");
    const known = contents.get(digest);
    if (known) known.paths.push(pathOf(entry));
    else contents.set(digest, { bytes, paths: [pathOf(entry)] });
  }
  const head: Head = {
    folders: entries
      .filter((each) => each.isDirectory())
      .map(pathOf)
      .sort(),
    contents: [...contents.values()].map(({ bytes, paths }) => ({ size: bytes.length, paths })),
  };
  const packed = gzipSync(Buffer.concat([Buffer.from(`${JSON.stringify(head)}\n`), ...[...contents.values()].map(({ bytes }) => bytes)]));
  await writeFile(`${file}.draft`, packed);
  await rename(`${file}.draft`, file);
}

/**
 * Makes `folder`, which may be there if it is empty. All of it or nothing: it is made beside and then gets its name, so that a process
 * that dies leaves no half database. Blocks, piece by piece: it belongs into the thread of the database.
 */
export async function unpackSeed(file: string, folder: string): Promise<void> {
  const draft = `${folder}.draft`;
  rmSync(draft, { recursive: true, force: true });
  try {
    await unpackInto(draft, file);
    rmdirSync(folder);
    renameSync(draft, folder);
  } catch (cause) {
    rmSync(draft, { recursive: true, force: true });
    throw cause;
  }
}

async function unpackInto(folder: string, file: string): Promise<void> {
  const gunzip = createGunzip({ chunkSize: pieceBytes });
  gunzip.end(readFileSync(file));
  let headBytes = Buffer.alloc(0);
  let files: Files | undefined;
  for await (const piece of gunzip as AsyncIterable<Buffer>) {
    if (files) {
      files.write(piece);
      continue;
    }
    headBytes = Buffer.concat([headBytes, piece]);
    const end = headBytes.indexOf(endOfLine);
    if (end < 0) continue;
    files = new Files(folder, JSON.parse(headBytes.toString("utf8", 0, end)) as Head);
    files.write(headBytes.subarray(end + 1));
  }
  if (!files) throw new Error(`${file} is no seed of a database`);
  files.end();
}

/** Files that are written one after the other. */
class Files {
  readonly #folder: string;
  readonly #contents: Head["contents"];
  #at = 0;
  #open: number | undefined;
  #left = 0;

  constructor(folder: string, { folders, contents }: Head) {
    this.#folder = folder;
    this.#contents = contents;
    mkdirSync(folder, { mode: 0o700 });
    for (const path of folders) mkdirSync(join(folder, path), { mode: 0o700, recursive: true });
  }

  write(piece: Buffer): void {
    for (let rest = piece; rest.length > 0; ) {
      const into = this.#begun();
      if (into === undefined) throw new Error("the seed holds more than it says");
      const part = rest.subarray(0, this.#left);
      for (let done = 0; done < part.length; ) done += writeSync(into, part, done);
      this.#left -= part.length;
      rest = rest.subarray(part.length);
      if (this.#left === 0) this.#finish();
    }
  }

  end(): void {
    // Empty files may be the last ones.
    if (this.#begun() !== undefined) throw new Error("the seed is cut short");
  }

  /** The file that the next bytes belong into. */
  #begun(): number | undefined {
    while (this.#open === undefined) {
      const next = this.#contents[this.#at];
      const [first] = next?.paths ?? [];
      if (!next || first === undefined) return undefined;
      this.#open = openSync(join(this.#folder, first), "wx", 0o600);
      this.#left = next.size;
      if (next.size === 0) this.#finish();
    }
    return this.#open;
  }

  #finish(): void {
    if (this.#open !== undefined) closeSync(this.#open);
    this.#open = undefined;
    const [first = "", ...others] = this.#contents[this.#at]?.paths ?? [];
    for (const path of others) copyFileSync(join(this.#folder, first), join(this.#folder, path), constants.COPYFILE_FICLONE);
    this.#at += 1;
  }
}
