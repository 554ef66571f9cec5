/** The first screen: complete, short, and without secrets where it may be kept. */

import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { type FirstScreen, firstScreen, type MasterKeyNote } from "./first-screen.ts";

const folder = mkdtempSync(join(tmpdir(), "tollgate screen-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const key = "sk-only-for-its-owner";

function screen(masterKey: Partial<MasterKeyNote>, more: Partial<FirstScreen> = {}): string {
  return firstScreen({
    version: "1.2.3",
    url: "http://127.0.0.1:4000",
    file: "config.yaml",
    dataDir: "/data",
    models: ["openai/*", "demo"],
    masterKey: { key, source: "kept", keptIn: "/data/master-key", ...masterKey },
    terminal: false,
    ...more,
  });
}

/** What a shell makes of the header of the curl line. */
function bearerOf(text: string): string {
  const header = /"Authorization: Bearer (.*?)" -H/.exec(text)?.[1] ?? "";
  return execFileSync("sh", ["-c", `printf %s "${header}"`], {
    encoding: "utf8",
    env: { PATH: "/usr/bin:/bin", LITELLM_MASTER_KEY: "from-shell" },
  });
}

it("says address, models, data folder and database", () => {
  const text = screen({});
  for (const part of ["1.2.3", "http://127.0.0.1:4000", "2: openai/*, demo", "/data", "Database", "config.yaml"])
    expect(text).toContain(part);
  expect(text).toContain('"model":"demo"');
});

it("counts models it does not name", () => {
  const text = screen({}, { models: Array.from({ length: 12 }, (_, index) => `m${index}`) });
  expect(text).toContain("12: m0, m1, m2, m3, m4, m5, m6, m7 and 4 more");
});

describe("the master key", () => {
  it("is shown once: on a terminal, when just made", () => {
    expect(screen({ source: "made" }, { terminal: true })).toContain(key);
    expect(screen({ source: "made" })).not.toContain(key);
    expect(screen({ source: "kept" }, { terminal: true })).not.toContain(key);
  });

  it("gets into the curl line from the file that keeps it", () => {
    const keptIn = join(folder, "it's mine");
    writeFileSync(keptIn, `${key}\n`);
    expect(bearerOf(screen({ keptIn }))).toBe(key);
  });

  it.each([
    ["config", "master_key:", `general_settings:\n  master_key: ${key}\n`],
    ["environment", "LITELLM_MASTER_KEY=", `A=1\nLITELLM_MASTER_KEY=${key}\n`],
  ] as const)("gets into the curl line from the text it was given in: %s", (source, mark, text) => {
    const path = join(folder, source);
    writeFileSync(path, text);
    const shown = screen({ source, keptIn: undefined, givenIn: { path, text, mark } }, { terminal: true });
    expect(shown).not.toContain(key);
    expect(bearerOf(shown)).toBe(key);
  });

  it("comes from the shell when the text cannot be read so simply", () => {
    const givenIn = { path: "c.yaml", text: `master_key: "${key}" # ours`, mark: "master_key:" };
    expect(bearerOf(screen({ source: "config", keptIn: undefined, givenIn }))).toBe("from-shell");
  });
});
