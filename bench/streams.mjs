/** `node bench/streams.mjs`: 1,000 slow streams at once for a minute; fails on an error, on memory that stays, on a socket that stays. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { present } from "./contenders.mjs";
import { here } from "./places.mjs";
import { ask, memoryOf, socketsOf, stop } from "./processes.mjs";
import { burst, openStage, startContender } from "./stage.mjs";

const { values: flags } = parseArgs({
  options: {
    streams: { type: "string", default: "1000" },
    seconds: { type: "string", default: "60" },
    contender: { type: "string", default: "tollgate" },
  },
});
const [connections, seconds] = [Number(flags.streams), Number(flags.seconds)];
const intervalMs = 1000;
const rampMs = 5000;
/** Idle connections to the upstream may stay this long. */
const drainMs = 60_000;
/** What a heap may differ by between two looks at it. */
const SLACK_MB = 20;
const COLLECT_MS = 2000;
const AGAIN_S = 20;
const LEAVING_WAVE_S = 10;

const { able, absent } = present([flags.contender]);
if (able.length === 0) fail(absent[flags.contender]);
const openFiles = Number(/Max open files\s+(\d+)/.exec(readFileSync("/proc/self/limits", "utf8"))?.[1]);
if (openFiles < 2 * connections + 200)
  fail(`${connections} streams need ${2 * connections + 200} open files, ${openFiles} are allowed. Raise it: ulimit -n 4096.`);

const problems = [];
const stage = await openStage();
try {
  const [program, ...rest] = able[0].command;
  const contender = await startContender(stage, { ...able[0], command: [program, "--import", here("collect.mjs"), ...rest] });
  const wave = (length, more = {}) => {
    const deltas = Math.max(1, Math.round((length * 1000 - rampMs) / intervalMs));
    const shape = { route: "chat", stream: true, connections, requests: connections, rampMs, intervalMs, deltas, delays: true };
    return burst(stage, contender, { ...shape, seconds: length + 10, graceMs: 30_000, ...more });
  };
  const socketsBefore = socketsOf(contender.child);
  console.log(`before: ${memoryOf(contender.child)} MB, ${socketsBefore} sockets`);
  const cycle = async (length) => {
    tell(`${connections} streams for ${length} s`, await wave(length), connections);
    const left = await wave(LEAVING_WAVE_S, { leaveAfterMs: 2500, deltas: 30 });
    console.log(`clients that leave after 2.5 s: ${left.left} left, ${left.failed} failed`);
    if (left.left !== connections || left.failed > 0)
      problems.push(`of ${connections} clients that leave, ${left.left} left and ${left.failed} failed`);
    return settled(contender, socketsBefore);
  };
  const once = await cycle(seconds);
  const twice = await cycle(AGAIN_S);
  if (twice > once + SLACK_MB) problems.push(`memory was ${once} MB after the streams and is ${twice} MB after as many again`);
  await stop(contender.child);
} finally {
  await stage.close();
}
if (problems.length > 0) fail(problems.join("\n"));
console.log("no error, memory flat, no socket left behind");

function tell(name, result, expected) {
  const { requests, failed, unfinished, error, delayP50, delayP99, cpuUs } = result;
  console.log(
    `${name}: ${requests} whole, ${failed} failed, ${unfinished} unfinished; event delay p50 ${delayP50?.toFixed(1)} ms, p99 ${delayP99?.toFixed(1)} ms; ${cpuUs?.toFixed(0)} µs CPU a stream`,
  );
  if (requests !== expected || failed > 0 || unfinished > 0)
    problems.push(`${name}: ${failed} failed, ${unfinished} unfinished, ${requests} of ${expected} whole. ${error}`);
}

/** Waits until idle connections have closed; the resident memory then, without garbage. */
async function settled({ child }, sockets) {
  const end = performance.now() + drainMs;
  while (performance.now() < end && socketsOf(child) > sockets) await sleep(500);
  process.kill(child.pid, "SIGUSR2");
  await sleep(COLLECT_MS);
  const { sockets: upstream } = await ask(stage.upstream, {});
  console.log(`after: ${memoryOf(child)} MB, ${socketsOf(child)} sockets, ${upstream} at the upstream`);
  if (socketsOf(child) > sockets) problems.push(`${socketsOf(child) - sockets} sockets are left after ${drainMs / 1000} s`);
  return memoryOf(child);
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
