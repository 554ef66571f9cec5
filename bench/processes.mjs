/** Starts, pins, accounts for and stops the processes of a bench run (Linux: /proc, taskset). */
import { spawn, spawnSync } from "node:child_process";
import { closeSync, openSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { contenderCore, lockFile, niceness, peers } from "./places.mjs";

const pinned = spawnSync("taskset", ["-V"]).status === 0;
const locking = spawnSync("flock", ["-V"]).status === 0;
// With the kernel's autogroups a nice value counts only inside a session, so the session's own value is set too.
const launch = `nice=$1; core=$2; shift 2
if [ "$nice" != 0 ]; then renice -n "$nice" -p $$ >/dev/null 2>&1; echo "$nice" 2>/dev/null >/proc/$$/autogroup; fi
${pinned ? 'exec taskset -c "$core" "$@"' : 'exec "$@"'}`;
const running = new Set();

process.once("exit", () => {
  for (const child of running) signal(child, "SIGKILL");
});
for (const name of ["SIGINT", "SIGTERM"]) process.once(name, () => process.exit(1));

/** A program in a session of its own, so that its whole tree can be counted and ended. */
export function start(name, command, { core, env = {}, channel = false }) {
  const log = openSync(peers(`${name}.log`), "w");
  const child = spawn("sh", ["-c", launch, "sh", niceness, core, ...command], {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", log, log, ...(channel ? ["ipc"] : [])],
  });
  closeSync(log);
  running.add(child);
  child.once("exit", () => running.delete(child));
  return child;
}

export async function stop(child) {
  for (const [name, patienceMs] of Object.entries({ SIGTERM: 4000, SIGKILL: 4000 })) {
    signal(child, name);
    for (const end = performance.now() + patienceMs; performance.now() < end; await sleep(20)) {
      if (sessionOf(child).length === 0) return;
    }
  }
}

function signal(child, name) {
  try {
    process.kill(-child.pid, name);
  } catch {
    // It has ended by itself.
  }
}

/** One question to a child with a channel, and its answer. */
export function ask(child, question) {
  return new Promise((resolve, reject) => {
    const gone = () => reject(new Error("a process of the bench ended early; see the logs in bench/.peers"));
    child.once("exit", gone);
    child.once("message", (answer) => {
      child.off("exit", gone);
      resolve(answer);
    });
    child.send(question);
  });
}

/** Every live process of the session that began with this child. */
function sessionOf(child) {
  return readdirSync("/proc").filter((pid) => /^\d+$/.test(pid) && statOf(pid)?.[3] === String(child.pid));
}

/** The fields of /proc/PID/stat from `state` on, or undefined when the process is gone. */
function statOf(pid) {
  const text = readMaybe(`/proc/${pid}/stat`);
  return text?.slice(text.lastIndexOf(")") + 2).split(" ");
}

function readMaybe(path) {
  try {
    return readFileSync(path, "utf8");
  } catch {
    return undefined;
  }
}

/** CPU time of all threads of a contender's tree, in microseconds. */
export function cpuOf(child) {
  let nanoseconds = 0;
  for (const pid of sessionOf(child)) {
    for (const task of readdirSync(`/proc/${pid}/task`)) {
      nanoseconds += Number(readMaybe(`/proc/${pid}/task/${task}/schedstat`)?.split(" ")[0] ?? 0);
    }
  }
  return nanoseconds / 1000;
}

/** Resident memory of a contender's tree, in MB. */
export function memoryOf(child) {
  const kilobytes = sessionOf(child).map((pid) => Number(/^Rss:\s+(\d+)/m.exec(readMaybe(`/proc/${pid}/smaps_rollup`) ?? "")?.[1] ?? 0));
  return Math.round(kilobytes.reduce((sum, each) => sum + each, 0) / 1024);
}

/** Open sockets of a contender's tree. */
export function socketsOf(child) {
  const isSocket = (pid) => (fd) => {
    try {
      return readlinkSync(`/proc/${pid}/fd/${fd}`).startsWith("socket:");
    } catch {
      return false;
    }
  };
  return sessionOf(child).reduce((sum, pid) => sum + readdirSync(`/proc/${pid}/fd`).filter(isSocket(pid)).length, 0);
}

/** Microseconds that anything at all used of the contenders' core. */
export function coreBusy() {
  const line = new RegExp(`^cpu${contenderCore} (.*)$`, "m").exec(readFileSync("/proc/stat", "utf8"));
  const [user, nice, system, , , irq, softirq, steal] = (line?.[1] ?? "").split(" ").map(Number);
  return (user + nice + system + irq + softirq + steal) * 10_000;
}

/** Runs with the machine's bench lock; others keep quiet with `flock -s` on the same file. */
export async function quietly(task) {
  if (!locking) return task();
  const holder = spawn("flock", [lockFile, "sh", "-c", "echo; cat"], { stdio: ["pipe", "pipe", "inherit"] });
  await new Promise((resolve) => holder.stdout.once("data", resolve));
  try {
    return await task();
  } finally {
    holder.stdin.end();
  }
}
