/** One process per data folder, also after one that was killed. */

import { mkdtemp, readdir, rm, stat, utimes, writeFile } from "node:fs/promises";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type DataLock, takeDataFolder } from "./data-lock.ts";

let folder: string;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-lock-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

/** No timers: signs of life are given when a test says so. */
function stillClock(at = 1_800_000_000_000) {
  const tasks: (() => void)[] = [];
  const every = (_: number, task: () => void) => {
    tasks.push(task);
    return () => void tasks.splice(0);
  };
  return { now: () => at, every, tasks };
}
const write = (holder: object) => writeFile(join(folder, "lock"), JSON.stringify(holder));
const since = "2026-01-01T00:00:00.000Z";

it("is taken, and free again when released", async () => {
  const lock = (await takeDataFolder(folder, stillClock())) as DataLock;
  expect(await readdir(folder)).toEqual(["lock"]);
  lock.release();
  expect(await readdir(folder)).toEqual([]);
});

it("is refused while another process of this machine lives, which is named", async () => {
  await write({ pid: process.ppid, machine: hostname(), since });
  expect(await takeDataFolder(folder, stillClock())).toEqual({ heldBy: `process ${process.ppid}, running since ${since}` });
});

it("is taken over from a dead process, and from another that had the same number", async () => {
  await write({ pid: 2 ** 22 + 7, machine: hostname(), since });
  const lock = (await takeDataFolder(folder, stillClock())) as DataLock;
  lock.release();
  await write({ pid: process.ppid, machine: hostname(), started: "-1", since });
  const later = await takeDataFolder(folder, stillClock());
  expect("release" in later).toBe(process.platform === "linux");
});

it("waits for signs of life from another machine", async () => {
  const clock = stillClock();
  await write({ pid: 1, machine: "elsewhere", since });
  const lately = new Date(clock.now() - 10_000);
  await utimes(join(folder, "lock"), lately, lately);
  expect(await takeDataFolder(folder, clock)).toEqual({ heldBy: `process 1 on elsewhere, running since ${since}` });
  const long = new Date(clock.now() - 60_000);
  await utimes(join(folder, "lock"), long, long);
  expect(await takeDataFolder(folder, clock)).toHaveProperty("release");
});

it("gives signs of life while it is held", async () => {
  const clock = stillClock();
  const lock = (await takeDataFolder(folder, clock)) as DataLock;
  for (const task of clock.tasks) task();
  await expect.poll(async () => (await stat(join(folder, "lock"))).mtimeMs).toBe(clock.now());
  lock.release();
  expect(clock.tasks).toEqual([]);
});
