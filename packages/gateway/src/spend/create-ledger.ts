/** The books as they are kept: spool, then batches into the database. */

import { join } from "node:path";
import type { Clock } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { crashed } from "./crashed.ts";
import { Flusher } from "./flusher.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import { Pace } from "./pace.ts";
import { createPoison } from "./poison.ts";
import { dayOf, type SpooledCall } from "./rollup.ts";
import { type Redact, rowOf } from "./row-of.ts";
import { Spool } from "./spool.ts";
import { type SpoolFiles, spoolFiles } from "./spool-files.ts";
import { findSegments } from "./spool-reading.ts";
import type { WriteRules } from "./write-batch.ts";

export interface LedgerOptions {
  readonly dataFolder: string;
  readonly database: Database;
  readonly clock: Clock;
  /** Whose loans the calls of this process are reserved from. */
  readonly instanceId: string;
  readonly redact: Redact;
  readonly warn: (fields: object, text: string) => void;
  /** Told when settled amounts are in the database: no longer lent. */
  readonly onWritten?: (charges: readonly { readonly meter: string; readonly nano: number }[]) => void;
  /** Told once, when all that earlier processes left in the spool is in the database: what these instances had borrowed is free. */
  readonly onRecovered?: (instances: readonly string[]) => void;
  readonly fsync?: "grouped" | "always";
  /** `proxy_batch_write_at`: how long rows wait for each other. */
  readonly batchMs?: number;
  readonly batchRows?: number;
  readonly rules?: WriteRules;
  readonly memoryRows?: number;
  readonly segmentBytes?: number;
  readonly files?: SpoolFiles;
}

const BATCH_MS = 1000;
const BATCH_ROWS = 500;
const MEMORY_ROWS = 50_000;
/** What LiteLLM waits for, too. */
const PATIENCE_MS = 10_000;
const SEGMENT_BYTES = 8 * 1024 * 1024;
/** The embedded database never syncs: the system does within half a minute, and so long its rows stay in the spool. */
const EMBEDDED_KEEP_MS = 60_000;

/** Throws when the spool was written by a newer version. */
export function createLedger(options: LedgerOptions): Ledger {
  const { dataFolder, database, clock, warn, redact, batchMs = BATCH_MS, batchRows = BATCH_ROWS, files = spoolFiles } = options;
  const folder = join(dataFolder, "spool");
  const spool = openSpool(folder, files, options);
  const poison = createPoison({ folder, files, warn, today: () => dayOf(clock.now()) });
  const onWritten = (calls: readonly SpooledCall[]): void => options.onWritten?.(chargesOf(calls));
  const flusher = new Flusher({
    ...{ spool, database, clock, poison, batchRows, warn, onWritten },
    rules: options.rules ?? {},
    onRecovered: (instances) => options.onRecovered?.(instances),
    endOf: crashed,
  });
  const pace = new Pace({ patienceMs: PATIENCE_MS, mostWaiting: options.memoryRows ?? MEMORY_ROWS });
  const stopTicking = clock.every(batchMs, () => {
    if (!flusher.isRecovered || pace.isTime({ count: spool.waiting, oldest: spool.oldest }, clock.now())) flusher.kick();
  });
  const stopWatching = database.watch((state) => state === "connected" && flusher.hurry());

  return {
    record(entry, written) {
      spool.append(rowOf(entry, redact), written);
      pace.recorded(entry.meters.some(({ lent }) => lent));
    },
    begun: (entry: LedgerEntry) => spool.begun(rowOf(entry, redact)),
    async flush() {
      await spool.written();
      const until = flusher.handled + spool.waiting;
      // A run that began earlier may have passed by the last of them.
      do await flusher.run();
      while (flusher.handled < until && spool.waiting > 0);
    },
    get state() {
      return { waiting: spool.waiting, oldest: spool.oldest, poisoned: poison.count, lost: spool.lost, spoolProblem: spool.problem };
    },
    async close() {
      stopTicking();
      stopWatching();
      await spool.written();
      // What cannot be written now is written at the next start.
      if (database.state === "connected") await flusher.run().catch(() => undefined);
      await spool.close();
    },
  };
}

function openSpool(folder: string, files: SpoolFiles, options: LedgerOptions): Spool {
  const { warn, clock, instanceId, database, fsync = "grouped", memoryRows = MEMORY_ROWS, segmentBytes = SEGMENT_BYTES } = options;
  const left = findSegments(folder, files, warn);
  const bytes = left.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  if (left.segments.length > 0)
    warn({ files: left.segments.length, bytes }, "the spool holds rows of an earlier run; they go to the database first");
  const keepMs = database.kind === "embedded" ? EMBEDDED_KEEP_MS : 0;
  return new Spool({ folder, instanceId, clock, files, fsync, memoryRows, segmentBytes, keepMs, warn }, left);
}

/** What the purses had lent, by meter. */
function chargesOf(calls: readonly SpooledCall[]): readonly { readonly meter: string; readonly nano: number }[] {
  const charges = new Map<string, number>();
  for (const { meters = [], spend_nano: nano = 0 } of calls)
    if (nano > 0) for (const [meter, lent] of meters) if (lent === 1) charges.set(meter, (charges.get(meter) ?? 0) + nano);
  return [...charges].map(([meter, nano]) => ({ meter, nano }));
}
