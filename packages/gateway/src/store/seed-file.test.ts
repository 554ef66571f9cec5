/** A folder in a file: the same when it comes out, for its owner only, and all of it or nothing. */

import { randomBytes } from "node:crypto";
import { mkdir, mkdtemp, readdir, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { packSeed, unpackSeed } from "./seed-file.ts";

let temporary: string;
let seed: string;
let folder: string;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "tollgate-seed-file-"));
  seed = join(temporary, "seed");
  folder = join(temporary, "database");
  await mkdir(folder, { mode: 0o700 });
});
afterEach(() => rm(temporary, { recursive: true, force: true }));

const long = randomBytes(700_000);
const contents: Readonly<Record<string, string | Buffer>> = {
  PG_VERSION: "18\n",
  "base/1/2600": long,
  "base/4/2600": long,
  "base/5/2600": Buffer.concat([long, Buffer.alloc(300_000)]),
  "base/5/empty": "",
  "base/5/empty too": "",
  "global/1": "short",
};

async function packed(): Promise<void> {
  const from = join(temporary, "from");
  for (const path of ["base/1", "base/4", "base/5", "global", "pg_notify", "pg_wal/summaries"])
    await mkdir(join(from, path), { recursive: true });
  for (const [path, content] of Object.entries(contents)) await writeFile(join(from, path), content);
  await packSeed(from, seed);
}

describe("a seed", () => {
  it("is the folder that was packed, empty files and folders too", async () => {
    await packed();
    await unpackSeed(seed, folder);
    for (const [path, content] of Object.entries(contents))
      expect((await readFile(join(folder, path))).equals(Buffer.from(content)), path).toBe(true);
    expect((await readdir(folder)).sort()).toEqual(["PG_VERSION", "base", "global", "pg_notify", "pg_wal"]);
    expect(await readdir(join(folder, "pg_wal"))).toEqual(["summaries"]);
  });

  it("holds what stands in several files once", async () => {
    await packed();
    expect((await stat(seed)).size).toBeLessThan(2.5 * long.length);
  });

  it("comes out for its owner only", async () => {
    await packed();
    await unpackSeed(seed, folder);
    const entries = await readdir(folder, { recursive: true, withFileTypes: true });
    for (const entry of entries) {
      const { mode } = await stat(join(entry.parentPath, entry.name));
      expect(mode & 0o777, entry.name).toBe(entry.isDirectory() ? 0o700 : 0o600);
    }
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
  });

  it.each([
    ["cut short", (bytes: Buffer) => bytes.subarray(0, bytes.length / 2)],
    ["damaged", (bytes: Buffer) => Buffer.concat([bytes.subarray(0, 2000), Buffer.alloc(100), bytes.subarray(2100)])],
    ["something else", () => Buffer.from("no seed at all")],
  ])("leaves an empty folder when it is %s", async (_, spoiled) => {
    await packed();
    await writeFile(seed, spoiled(await readFile(seed)));
    await expect(unpackSeed(seed, folder)).rejects.toThrow();
    expect(await readdir(folder)).toEqual([]);
    expect((await readdir(temporary)).sort()).toEqual(["database", "from", "seed"]);
  });

  it("does not touch a folder that holds something", async () => {
    await packed();
    await writeFile(join(folder, "of somebody else"), "");
    await expect(unpackSeed(seed, folder)).rejects.toThrow();
    expect(await readdir(folder)).toEqual(["of somebody else"]);
  });

  it("begins anew where a process died in the middle", async () => {
    await packed();
    await mkdir(`${folder}.draft`);
    await writeFile(join(`${folder}.draft`, "half"), "");
    await unpackSeed(seed, folder);
    expect(await readdir(folder)).toContain("PG_VERSION");
    expect(await readdir(folder)).not.toContain("half");
    expect(await readdir(temporary)).not.toContain("database.draft");
  });
});
