import { mkdtempSync, readdirSync, readFileSync, rmSync, statSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fakeClock, settled } from "@tollgate/testkit/fake-clock";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failingFiles } from "./fakes-for-tests.ts";
import { framesOf } from "./frame.ts";
import type { SpoolRow } from "./segment.ts";
import { Spool, type SpoolOptions } from "./spool.ts";
import { findSegments } from "./spool-reading.ts";

let folder = "";
let warnings: string[] = [];
beforeEach(() => {
  folder = join(mkdtempSync(join(tmpdir(), "spool-")), "spool");
  warnings = [];
});
afterEach(() => rmSync(join(folder, ".."), { recursive: true, force: true }));

const clock = fakeClock();
const row = (callId: string): SpoolRow => ({ callId, text: `{"call_id":"${callId}","started":7,"model":"m"}`, at: 7 });

function open(changes: Partial<SpoolOptions> = {}): Spool {
  const files = changes.files ?? failingFiles();
  const warn = (_fields: object, text: string): void => void warnings.push(text);
  const options = {
    folder,
    instanceId: "i1",
    clock,
    files,
    fsync: "grouped" as const,
    segmentBytes: 4096,
    freshRows: 1000,
    memoryRows: 1000,
    keepMs: 0,
    warn,
  };
  return new Spool({ ...options, ...changes }, findSegments(folder, files, warn));
}

/** Appends, and waits until it stands. */
async function put(spool: Spool, ...callIds: string[]): Promise<void> {
  await Promise.all(callIds.map((callId) => new Promise<void>((resolve) => spool.append(row(callId), resolve))));
}

/** Each in a turn of the loop, and so in a frame, of its own. */
async function putOneByOne(spool: Spool, ...callIds: string[]): Promise<void> {
  for (const callId of callIds) await put(spool, callId);
}

/** Takes everything that waits, as the flusher does. */
async function drain(spool: Spool): Promise<string[]> {
  const taken: string[] = [];
  for (let batch = await spool.segments.next(3); batch; batch = await spool.segments.next(3)) {
    taken.push(...batch.rows.map(({ callId }) => callId));
    spool.segments.done(batch.segment, batch.rows.length);
  }
  return taken;
}

const spoolFilesOf = (): string[] => readdirSync(folder).filter((name) => name.endsWith(".spool"));

describe("the spool", () => {
  it("writes the rows of one turn of the loop at once, for its owner only", async () => {
    const spool = open();
    let told = 0;
    const tellOne = (): void => {
      told += 1;
    };
    for (const callId of ["a", "b", "c"]) spool.append(row(callId), tellOne);
    expect(told).toBe(0);
    await spool.written();
    expect(told).toBe(3);
    const [name = ""] = spoolFilesOf();
    expect(readFileSync(join(folder, name), "utf8").split("\n")).toHaveLength(3);
    expect(statSync(join(folder, name)).mode & 0o777).toBe(0o600);
    await spool.close();
  });

  it("gives the rows in their order and removes the file when all are taken", async () => {
    const spool = open();
    await put(spool, "a", "b", "c", "d");
    expect(spool.waiting).toBe(4);
    expect(await drain(spool)).toEqual(["a", "b", "c", "d"]);
    expect(spool.waiting).toBe(0);
    await spool.close();
    expect(spoolFilesOf()).toEqual([]);
  });

  it("keeps what nobody took for the next start", async () => {
    const first = open();
    await put(first, "a", "b");
    await first.close();
    const second = open();
    await put(second, "c");
    expect(await drain(second)).toEqual(["a", "b", "c"]);
    await second.close();
    expect(spoolFilesOf()).toEqual([]);
  });

  it("begins a new file when one is full", async () => {
    const spool = open({ segmentBytes: 200 });
    for (const callId of "abcdefgh") await put(spool, callId);
    expect(spoolFilesOf().length).toBeGreaterThan(1);
    expect((await drain(spool)).join("")).toBe("abcdefgh");
    await spool.close();
  });

  it("reads from the file what memory did not hold", async () => {
    const spool = open({ freshRows: 4, segmentBytes: 200 });
    for (const callId of "abcdefghijklmnop") await put(spool, callId);
    expect(spool.waiting).toBe(16);
    expect(spool.segments.inMemory).toBeLessThanOrEqual(8);
    expect((await drain(spool)).join("")).toBe("abcdefghijklmnop");
    expect(spool.waiting).toBe(0);
    await spool.close();
    expect(spoolFilesOf()).toEqual([]);
  });

  it("holds only so many rows in memory, and all of them in their order", async () => {
    const spool = open({ freshRows: 10, segmentBytes: 2000 });
    const names = Array.from({ length: 200 }, (_, at) => `c${at}`);
    for (let at = 0; at < names.length; at += 5) await put(spool, ...names.slice(at, at + 5));
    expect(spool.waiting).toBe(200);
    expect(spool.segments.inMemory).toBe(10);
    expect(await drain(spool)).toEqual(names);
    // What comes when nothing waits is held again.
    await put(spool, "d");
    await put(spool, "e");
    expect(spool.segments.inMemory).toBeGreaterThan(0);
    expect(await drain(spool)).toEqual(["d", "e"]);
    await spool.close();
    expect(spoolFilesOf()).toEqual([]);
  });

  it("counts what waits while a file is read in parts", async () => {
    const spool = open({ freshRows: 1, segmentBytes: 10 * 1024 * 1024 });
    const long = (callId: string): SpoolRow => ({ ...row(callId), text: row(callId).text.replace('"m"', `"${"m".repeat(100_000)}"`) });
    const names = Array.from({ length: 20 }, (_, at) => `c${at}`);
    for (const name of names) await new Promise<void>((resolve) => spool.append(long(name), resolve));
    const taken: string[] = [];
    for (let batch = await spool.segments.next(4); batch; batch = await spool.segments.next(4)) {
      taken.push(...batch.rows.map(({ callId }) => callId));
      spool.segments.done(batch.segment, batch.rows.length);
      expect(spool.waiting).toBe(20 - taken.length);
      expect(spool.segments.inMemory).toBeLessThan(12);
    }
    expect(taken).toEqual(names);
    await spool.close();
  });

  it("keeps finished files as long as it was told", async () => {
    const spool = open({ keepMs: 5000, segmentBytes: 10 });
    await put(spool, "a");
    await drain(spool);
    await clock.advance(4000);
    expect(spoolFilesOf()).toHaveLength(1);
    await clock.advance(2000);
    await expect.poll(spoolFilesOf).toHaveLength(0);
    await spool.close();
  });
});

describe("a start after a crash", () => {
  it("cuts a torn tail and says so, wherever the file ends", async () => {
    const whole = open();
    await putOneByOne(whole, "a", "b");
    await whole.close();
    const [name = ""] = spoolFilesOf();
    const path = join(folder, name);
    const bytes = readFileSync(path);
    const last = bytes.lastIndexOf("\n", bytes.length - 2) + 1;
    for (let length = last + 1; length < bytes.length; length += 1) {
      writeFileSync(path, bytes);
      truncateSync(path, length);
      warnings = [];
      const spool = open();
      expect((await spool.segments.next(10))?.rows.map(({ callId }) => callId)).toEqual(["a"]);
      expect(warnings).toContain("the spool's last write was not finished; its torn end is cut off");
      expect(statSync(path).size).toBe(last);
      await spool.close();
    }
  });

  it("puts damage in the middle aside and uses the rest", async () => {
    const whole = open();
    await putOneByOne(whole, "a", "b", "c");
    await whole.close();
    const [name = ""] = spoolFilesOf();
    writeFileSync(join(folder, name), readFileSync(join(folder, name), "utf8").replace('"b"', '"x"'));
    const spool = open();
    expect(await drain(spool)).toEqual(["a", "c"]);
    expect(readFileSync(join(folder, "damaged", name), "utf8")).toContain('"x"');
    await spool.close();
  });

  it("finds damage and torn ends wherever a long file is read in parts", async () => {
    const whole = open({ segmentBytes: 10 * 1024 * 1024 });
    const names = Array.from({ length: 30 }, (_, at) => `c${at}`);
    for (const name of names) {
      const text = row(name).text.replace('"m"', `"${"m".repeat(60_000)}"`);
      await new Promise<void>((resolve) => whole.append({ ...row(name), text }, resolve));
    }
    await whole.close();
    const [name = ""] = spoolFilesOf();
    const bytes = readFileSync(join(folder, name));
    const broken = [8, 9, 17, 18].map((at) => `c${at}`);
    for (const each of broken) bytes.write("x", bytes.indexOf(`"call_id":"${each}"`) + 2);
    writeFileSync(join(folder, name), bytes.subarray(0, bytes.length - 100));
    const spool = open();
    expect(await drain(spool)).toEqual(names.slice(0, -1).filter((each) => !broken.includes(each)));
    expect(warnings).toContain("the spool's last write was not finished; its torn end is cut off");
    const aside = readFileSync(join(folder, "damaged", name), "utf8");
    for (const each of broken) expect(aside).toContain(`"${each}"`);
    await spool.close();
  });

  it("passes by a file that cannot be read, and leaves it there", async () => {
    const first = open();
    await put(first, "a");
    await first.close();
    const read = (): Promise<Buffer> => Promise.reject(new Error("EIO: i/o error"));
    const spool = open({ files: { ...failingFiles(), read } });
    await put(spool, "b");
    expect(await drain(spool)).toEqual(["b"]);
    await spool.close();
    expect(spoolFilesOf()).toEqual(["0000000001.spool"]);
    expect(warnings).toContain("a file of the spool cannot be read; its rows are not in the database");
  });

  it("refuses a file of a version that it does not know", () => {
    open();
    writeFileSync(join(folder, "0000000009.spool"), "tollgate-spool 7 i9\n");
    expect(() => open()).toThrow(/version 7/);
  });

  it("reads what was written before entries shared a frame", async () => {
    open();
    const old = framesOf([`+${row("a").text}`]) + framesOf([`+${row("b").text}`]);
    writeFileSync(join(folder, "0000000003.spool"), `tollgate-spool 1 i0\n${old}`);
    const spool = open();
    expect(await drain(spool)).toEqual(["a", "b"]);
    await spool.close();
  });

  it("goes on after the highest number", async () => {
    open();
    writeFileSync(join(folder, "0000000041.spool"), "tollgate-spool 1 i0\n");
    const spool = open();
    await put(spool, "a");
    expect(spoolFilesOf()).toContain("0000000042.spool");
    await spool.close();
  });

  it("finds the calls that began and never ended, with the instance that reserved for them", async () => {
    const first = open({ segmentBytes: 100 });
    first.begun(row("ended"));
    first.begun(row("cut off"));
    await put(first, "a", "ended");
    await put(first, "b");
    const second = open({ instanceId: "i2" });
    expect(await drain(second)).toEqual(["a", "ended", "b"]);
    const { calls, done } = second.segments.unended();
    expect(calls.map(({ row: { callId }, instanceId }) => [callId, instanceId])).toEqual([["cut off", "i1"]]);
    expect(spoolFilesOf().length).toBeGreaterThan(0);
    done();
    await second.close();
    expect(spoolFilesOf()).toEqual([]);
  });
});

describe("a disk that fails", () => {
  it("is told of once, and its rows stay in memory until it has room again", async () => {
    const files = failingFiles();
    const spool = open({ files });
    await put(spool, "a");
    files.room = 30;
    await put(spool, "b");
    await put(spool, "c");
    expect(spool.problem).toMatch(/ENOSPC/);
    expect(warnings.filter((text) => text.startsWith("the spool cannot be written"))).toHaveLength(1);
    await clock.advance(1000);
    expect(spool.problem).toMatch(/ENOSPC/);
    files.room = undefined;
    await clock.advance(1000);
    expect(spool.problem).toBeUndefined();
    await put(spool, "d");
    const next = open();
    expect(await drain(next)).toEqual(["a", "b", "c", "d"]);
    expect(await drain(spool)).toEqual(["a", "b", "c", "d"]);
  });

  it("loses no row at whichever byte it is full", async () => {
    for (let room = 0; room < 260; room += 1) {
      rmSync(folder, { recursive: true, force: true });
      const files = failingFiles();
      const spool = open({ files });
      files.room = room;
      for (const callId of "abc") await put(spool, callId);
      files.room = undefined;
      await clock.advance(1000);
      await put(spool, "d");
      await settled();
      const next = open();
      expect(new Set(await drain(next))).toEqual(new Set("abcd"));
      await next.close();
      expect(await drain(spool)).toEqual([..."abcd"]);
      await spool.close();
    }
  });

  it("costs rows only when memory is full as well, and says how many", async () => {
    const files = failingFiles();
    files.readOnly = true;
    const spool = open({ files, memoryRows: 2 });
    await put(spool, "a", "b", "c", "d");
    expect(spool.lost).toBe(2);
    expect(await drain(spool)).toEqual(["a", "b"]);
  });

  it("gets the same text in another file when a sync failed, and is never synced again there", async () => {
    const files = failingFiles();
    const spool = open({ files, fsync: "always" });
    files.failingSyncs = 1;
    await put(spool, "a", "b");
    expect(files.synced).toBeGreaterThan(0);
    expect(spoolFilesOf()).toHaveLength(2);
    expect(warnings).toContain("the disk did not keep a part of the spool; it is written again to another file");
    const [, second = ""] = spoolFilesOf();
    expect(readFileSync(join(folder, second), "utf8")).toContain('"call_id":"b"');
    expect(await drain(spool)).toEqual(["a", "b"]);
  });
});

describe("a sync that failed for rows that memory does not hold", () => {
  it("leaves them where they are found again", async () => {
    const files = failingFiles();
    const spool = open({ files, freshRows: 1 });
    await put(spool, "a");
    await put(spool, "b", "c");
    files.failingSyncs = 2;
    await clock.advance(50);
    await settled();
    await put(spool, "d");
    const [, bad = ""] = spoolFilesOf();
    // What the disk kept of it.
    writeFileSync(join(folder, bad), "tollgate-spool 1 i1\n");
    expect(new Set(await drain(spool))).toEqual(new Set("abcd"));
    expect(spool.waiting).toBe(0);
    await spool.close();
  });
});

describe("syncing", () => {
  it("happens once for all rows of 50 ms", async () => {
    const files = failingFiles();
    const spool = open({ files });
    for (const callId of "abcdef") await put(spool, callId);
    expect(files.synced).toBe(0);
    await clock.advance(50);
    expect(files.synced).toBe(1);
    await spool.close();
  });

  it("is waited for when it shall always be", async () => {
    const files = failingFiles();
    const spool = open({ files, fsync: "always" });
    await put(spool, "a");
    expect(files.synced).toBe(1);
    await spool.close();
  });
});
