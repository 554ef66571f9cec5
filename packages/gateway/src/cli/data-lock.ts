/** One process per data folder: a lock file that says who holds it and whether that process still lives. */

import { randomUUID } from "node:crypto";
import { readFileSync, rmSync } from "node:fs";
import { open, readFile, rename, rm, stat, utimes } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";

interface Holder {
  readonly pid: number;
  /** Processes of another machine or container cannot be looked up: they show signs of life instead. */
  readonly machine: string;
  /** When the system started the process: a number that comes again is another process. */
  readonly started?: string;
  readonly since: string;
}

interface LockClock {
  now(): number;
  every(milliseconds: number, task: () => void): () => void;
}

export interface DataLock {
  /** Synchronous, so that it also works as the last thing a process does. */
  release(): void;
}

const beat = 5000;
/** Without a sign of life for so long, a holder on another machine counts as gone. */
const silence = 4 * beat;

/** The lock, or who holds it: `process 4711 since …`. */
export async function takeDataFolder(folder: string, clock: LockClock): Promise<DataLock | { readonly heldBy: string }> {
  const file = join(folder, "lock");
  const me: Holder = { pid: process.pid, machine: hostname(), started: startOf(process.pid), since: new Date(clock.now()).toISOString() };
  for (let tries = 0; tries < 5; tries++) {
    if (await created(file, me)) return held(file, clock);
    const holder = await holderOf(file);
    if (holder === "gone") continue;
    if (await isAlive(holder, file, clock)) return { heldBy: described(holder, me.machine) };
    await setAside(file, holder);
  }
  return { heldBy: "several processes that start at the same time" };
}

function held(file: string, clock: LockClock): DataLock {
  const stop = clock.every(beat, () => {
    const now = new Date(clock.now());
    // A folder that was deleted under us shows itself elsewhere, and louder.
    utimes(file, now, now).catch(() => undefined);
  });
  return {
    release() {
      stop();
      rmSync(file, { force: true });
    },
  };
}

async function created(file: string, me: Holder): Promise<boolean> {
  try {
    const handle = await open(file, "wx", 0o600);
    await handle.writeFile(JSON.stringify(me)).finally(() => handle.close());
    return true;
  } catch (cause) {
    if (isCode(cause, "EEXIST")) return false;
    throw cause;
  }
}

/** Undefined: somebody is just writing it, or it is broken. */
async function holderOf(file: string): Promise<Holder | undefined | "gone"> {
  try {
    const read: unknown = JSON.parse(await readFile(file, "utf8"));
    return typeof read === "object" && read !== null && "pid" in read && typeof read.pid === "number" ? (read as Holder) : undefined;
  } catch (cause) {
    if (isCode(cause, "ENOENT")) return "gone";
    return undefined;
  }
}

async function isAlive(holder: Holder | undefined, file: string, clock: LockClock): Promise<boolean> {
  if (holder?.machine === hostname()) {
    if (holder.pid === process.pid || !runs(holder.pid)) return false;
    return holder.started === undefined || startOf(holder.pid) === undefined || holder.started === startOf(holder.pid);
  }
  const touched = await stat(file).catch(() => undefined);
  return touched !== undefined && clock.now() - touched.mtimeMs < silence;
}

/** Takes a dead holder's file away, unless a living one has replaced it meanwhile. */
async function setAside(file: string, dead: Holder | undefined): Promise<void> {
  const aside = `${file}.${randomUUID()}`;
  try {
    await rename(file, aside);
  } catch (cause) {
    if (isCode(cause, "ENOENT")) return;
    throw cause;
  }
  const seen = await holderOf(aside);
  if (JSON.stringify(seen) === JSON.stringify(dead)) await rm(aside, { force: true });
  else await rename(aside, file);
}

function runs(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (cause) {
    return isCode(cause, "EPERM");
  }
}

/** Clock ticks since boot, where the system tells them (Linux). */
function startOf(pid: number): string | undefined {
  try {
    const line = readFileSync(`/proc/${pid}/stat`, "utf8");
    return line.slice(line.lastIndexOf(")") + 2).split(" ")[19];
  } catch {
    return undefined;
  }
}

function described(holder: Holder | undefined, machine: string): string {
  if (!holder) return "another process that is just starting";
  return `process ${holder.pid}${holder.machine === machine ? "" : ` on ${holder.machine}`}, running since ${holder.since}`;
}

function isCode(cause: unknown, code: string): boolean {
  return cause instanceof Error && "code" in cause && cause.code === code;
}
