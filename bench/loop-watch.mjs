/** Loaded into a contender by keeping.mjs: SIGUSR2 writes to the log how late the event loop was, and how long writes to the spool took, since the last time. */
import fs from "node:fs";
import { syncBuiltinESMExports } from "node:module";
import { monitorEventLoopDelay } from "node:perf_hooks";

/** The watch itself wakes the loop this often; lateness is what comes on top. */
const RESOLUTION_MS = 2;
const delay = monitorEventLoopDelay({ resolution: RESOLUTION_MS });
delay.enable();
let writes = [];
const { writeSync } = fs;
fs.writeSync = (...given) => {
  const began = performance.now();
  try {
    return writeSync(...given);
  } finally {
    // Of the log's writes are strings; the spool's are bytes.
    if (Buffer.isBuffer(given[1])) writes.push(performance.now() - began);
  }
};
syncBuiltinESMExports();

process.on("SIGUSR2", () => {
  const sorted = writes.sort((a, b) => a - b);
  const at = (part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];
  const late = (nano) => Math.max(0, nano / 1e6 - RESOLUTION_MS);
  const told = {
    loopP50: late(delay.percentile(50)),
    loopP99: late(delay.percentile(99)),
    loopMax: late(delay.max),
    writes: sorted.length,
    writeP50: at(0.5),
    writeP99: at(0.99),
    writeMax: at(1),
  };
  process.stderr.write(`loop-watch ${JSON.stringify(told)}\n`);
  delay.reset();
  writes = [];
});
