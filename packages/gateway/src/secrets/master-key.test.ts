/** Where the master key comes from, and when a weak one is refused. */

import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { masterKeyFor } from "./master-key.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-key-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

const ask = (more: object) => masterKeyFor({ permitWeak: false, host: "0.0.0.0", dataDir: join(folder, "data"), ...more });
const modeOf = async (path: string) => ((await stat(path)).mode & 0o777).toString(8);

describe("a key that was not given", () => {
  it("is made once, kept for its owner only, and found again", async () => {
    const made = await ask({});
    expect(made).toMatchObject({ source: "made", key: expect.stringMatching(/^sk-[\w-]{32}$/) });
    const file = join(folder, "data", "master-key");
    expect(await modeOf(file)).toBe("600");
    expect(await modeOf(join(folder, "data"))).toBe("700");
    expect(await ask({})).toEqual({ ...made, source: "kept" });
    expect((await readFile(file, "utf8")).trim()).toBe("key" in made && made.key);
  });

  it("is one and the same for two processes that start at once", async () => {
    const [one, other] = await Promise.all([ask({}), ask({})]);
    expect("key" in one && one.key).toBe("key" in other && other.key);
  });

  it("closes a folder that was open to others", async () => {
    await writeFile(join(folder, "x"), "");
    const open = await masterKeyFor({ permitWeak: false, host: "::1", dataDir: folder });
    expect(open).toMatchObject({ source: "made" });
    expect(await modeOf(folder)).toBe("700");
  });
});

describe("a key that was given", () => {
  const strong = "sk-0123456789abcdef";

  it("is taken, and nothing is written", async () => {
    expect(await ask({ given: strong })).toEqual({ key: strong, source: "given" });
    await expect(stat(join(folder, "data"))).rejects.toThrow("ENOENT");
  });

  it.each(["sk-1234", "sk-short", "0123456789abcdef-no-prefix"])("is refused when weak and others can reach us: %s", async (given) => {
    const answer = await ask({ given });
    expect(answer).toHaveProperty("refusal");
    expect(JSON.stringify(answer)).not.toContain(given);
    expect(JSON.stringify(answer)).toContain("dangerously_permit_weak_or_unset_master_key");
  });

  it.each(["127.0.0.1", "127.0.0.2", "::1", "localhost"])("may be weak on loopback: %s", async (host) => {
    expect(await ask({ given: "sk-bench", host })).toMatchObject({ key: "sk-bench" });
  });

  it.each(["127.example.com", "0.0.0.0", "::", "10.0.0.1"])("may not be weak elsewhere: %s", async (host) => {
    expect(await ask({ given: "sk-bench", host })).toHaveProperty("refusal");
  });

  it("may be weak when that is permitted", async () => {
    expect(await ask({ given: "sk-1234", permitWeak: true })).toMatchObject({ key: "sk-1234" });
  });
});
