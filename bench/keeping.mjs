/** `node bench/keeping.mjs`: how late the event loop is while the embedded database writes, and how long a call waits for the spool; fails above the limits. */
import { readFileSync } from "node:fs";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { present } from "./contenders.mjs";
import { here, peers } from "./places.mjs";
import { stop } from "./processes.mjs";
import { median } from "./results.mjs";
import { burst, openStage, startContender } from "./stage.mjs";

const { values: flags } = parseArgs({
  options: { rounds: { type: "string", default: "5" }, seconds: { type: "string", default: "3" } },
});
const LOOP_P99_MS = 20;
const WRITE_P99_MS = 1;
const settleMs = 300;

const { able, absent } = present(["virtual"]);
if (able.length === 0) fail(absent["virtual"]);
const stage = await openStage();
const found = [];
try {
  const [program, ...rest] = able[0].command;
  const contender = await startContender(stage, { ...able[0], command: [program, "--import", here("loop-watch.mjs"), ...rest] });
  for (const [name, connections] of Object.entries({ "8 connections": 8, "64 connections": 64 })) {
    const load = () => burst(stage, contender, { route: "chat", connections, seconds: Number(flags.seconds) });
    await load();
    await told(contender.child);
    for (let round = 0; round < Number(flags.rounds); round++) {
      const { perSecond, failed } = await load();
      const row = { name, perSecond: Math.round(perSecond), failed, ...(await told(contender.child)) };
      found.push(row);
      console.log(
        Object.entries(row)
          .map(([key, value]) => (typeof value === "number" ? `${key}=${Number(value.toFixed(3))}` : value))
          .join(" "),
      );
    }
  }
  await stop(contender.child);
} finally {
  await stage.close();
}

const loop = median(found.map(({ loopP99 }) => loopP99));
const write = median(found.map(({ writeP99 }) => writeP99));
console.log(
  `p99 of the loop's delay ${loop.toFixed(2)} ms (≤ ${LOOP_P99_MS}), p99 of a write to the spool ${write.toFixed(3)} ms (≤ ${WRITE_P99_MS})`,
);
if (loop > LOOP_P99_MS || write > WRITE_P99_MS) fail("above the limits");

/** What loop-watch.mjs says about the time since it was asked last. */
async function told(child) {
  const before = lines().length;
  process.kill(child.pid, "SIGUSR2");
  while (lines().length === before) await sleep(settleMs);
  return JSON.parse(lines().at(-1).slice("loop-watch ".length));
}

function lines() {
  return readFileSync(peers("virtual.log"), "utf8")
    .split("\n")
    .filter((line) => line.startsWith("loop-watch "));
}

function fail(message) {
  console.error(message);
  process.exit(1);
}
