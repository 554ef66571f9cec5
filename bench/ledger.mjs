// What one row of the books costs, and how long the write takes that the client's last byte waits for.
//   node --conditions=tollgate-source --import tsx bench/ledger.mjs
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "tollgate/parts";
import { createLedger } from "../packages/gateway/src/spend/create-ledger.ts";
import { entryOf, recordOf } from "../packages/gateway/src/spend/fakes-for-tests.ts";
import { spoolFiles } from "../packages/gateway/src/spend/spool-files.ts";

const ROWS = 200_000;
/** The spool alone: a database that never comes. */
const away = { kind: "server", state: "away", watch: () => () => {} };

const quantile = (sorted, part) => sorted[Math.min(sorted.length - 1, Math.floor(sorted.length * part))];

async function measure(rowsPerTurn, options) {
  const folder = mkdtempSync(join(tmpdir(), "ledger-bench-"));
  const writes = [];
  const waits = [];
  const files = {
    ...spoolFiles,
    write(file, bytes) {
      const from = performance.now();
      spoolFiles.write(file, bytes);
      writes.push(performance.now() - from);
    },
  };
  const ledger = createLedger({
    dataFolder: folder,
    database: away,
    clock: systemClock,
    instanceId: "bench",
    redact: (text) => text,
    warn() {},
    files,
    ...options,
  });
  const entries = Array.from({ length: 1000 }, (_, at) =>
    entryOf(`0198c7a1-52f0-7bb3-9d2e-${String(at).padStart(12, "0")}`, {
      record: recordOf(`0198c7a1-52f0-7bb3-9d2e-${String(at).padStart(12, "0")}`),
      keyHash: "88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b",
      meters: [
        {
          meter: "key:88dc28d0f030c55ed4ab77ed8faf098196cb1c05df778539800c9f1243fe6b4b|30d|1764547200000",
          lent: true,
          until: 1767139200000,
        },
        { meter: "team:t1|total|0", lent: false },
      ],
    }),
  );
  const rows = options.fsync === "always" ? ROWS / 20 : ROWS;
  let recording = 0;
  const cpu = process.cpuUsage();
  for (let done = 0; done < rows; done += rowsPerTurn) {
    let left = rowsPerTurn;
    await new Promise((resolve) => {
      const from = performance.now();
      for (let at = 0; at < rowsPerTurn; at += 1)
        ledger.record(entries[(done + at) % entries.length], () => {
          waits.push(performance.now() - from);
          if (--left === 0) resolve();
        });
      recording += performance.now() - from;
    });
  }
  const { user, system } = process.cpuUsage(cpu);
  await ledger.close();
  rmSync(folder, { recursive: true, force: true });
  writes.sort((a, b) => a - b);
  waits.sort((a, b) => a - b);
  const line = {
    "rows per turn": rowsPerTurn,
    fsync: options.fsync ?? "grouped",
    "record, µs per row": (recording * 1000) / rows,
    "CPU, µs per row": (user + system) / rows,
    "write p50, ms": quantile(writes, 0.5),
    "write p99, ms": quantile(writes, 0.99),
    "told p99, ms": quantile(waits, 0.99),
  };
  return Object.fromEntries(
    Object.entries(line).map(([name, value]) => [name, typeof value === "number" ? Number(value.toFixed(3)) : value]),
  );
}

await measure(16, {});
const results = [];
for (const rowsPerTurn of [1, 16, 128]) results.push(await measure(rowsPerTurn, {}));
for (const rowsPerTurn of [1, 16]) results.push(await measure(rowsPerTurn, { fsync: "always" }));
console.table(results);
