/** The books as they are kept: spool, then batches into the database. */

import { join } from "node:path";
import type { Clock } from "tollgate/parts";
import type { Database, DatabaseState } from "../store/database.ts";
import { within } from "../store/within.ts";
import { crashed } from "./crashed.ts";
import { Flusher } from "./flusher.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import { Pace } from "./pace.ts";
import { createPoison } from "./poison.ts";
import { type Redact, rowOf } from "./row-of.ts";
import { Spool } from "./spool.ts";
import { type SpoolFiles, spoolFiles } from "./spool-files.ts";
import { findSegments } from "./spool-reading.ts";
import { dayOf, type SpooledCall } from "./spooled-call.ts";
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
  readonly freshRows?: number;
  readonly memoryRows?: number;
  readonly segmentBytes?: number;
  readonly files?: SpoolFiles;
}

const BATCH_MS = 1000;
/** The embedded database is busy with them for less than 100 ms, and this thread for 15: whoever wants something else waits that long. */
const BATCH_ROWS = 2000;
/** Rows that are likely to be written soon. */
const FRESH_ROWS = 2000;
const MEMORY_ROWS = 50_000;
/** A server: others read there, too. What LiteLLM waits for, and 50,000 rows. */
const SHARED_PACE = { patienceMs: 10_000, mostWaiting: 50_000, mostBytes: 128 * 1024 * 1024, utmost: 1 };
/**
 * Only this process reads the embedded database, and shares the processor with it: written as fast as it can, 300,000 rows would slow calls
 * down three times for half a minute. Whoever asks what was spent has it written first.
 */
const OWN_PACE = { patienceMs: 300_000, mostWaiting: 1_000_000, mostBytes: 512 * 1024 * 1024, utmost: 2 };
/** Between two batches of what an earlier run left, while calls come in fast. */
const RECOVERING_TICKS = 5;
/** At the end nobody waits longer for rows that stay beside their database, in the same folder. */
const CLOSING_MS = 3000;
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
  // What is lent from an embedded database nobody else could borrow.
  const isShared = database.kind !== "embedded";
  const pace = new Pace(isShared ? SHARED_PACE : OWN_PACE);
  const waiting = () => ({ count: spool.waiting, oldest: spool.oldest, bytes: spool.segments.bytes });
  const flusher = new Flusher({
    ...{ spool, database, clock, poison, batchRows, warn, onWritten },
    rules: options.rules ?? {},
    onRecovered: (instances) => options.onRecovered?.(instances),
    endOf: crashed,
    shallRest: () => pace.shallRest(waiting(), clock.now()),
  });
  let ticks = 0;
  const stopTicking = clock.every(batchMs, () => {
    ticks += 1;
    // A database that nobody needed yet is not made for a few rows.
    const isAsleep = database.state === "asleep";
    const due = pace.due(waiting(), clock.now(), !isAsleep);
    if (due) database.wake();
    // What an earlier run left goes on while calls come in, but slowly; where there is no database yet, no money was lent from it.
    const isEarlier = !flusher.isRecovered && !isAsleep && ticks % RECOVERING_TICKS === 0;
    if (due || isEarlier) flusher.kick(due === "now");
  });
  const stopWatching = database.watch((state) => state === "connected" && flusher.hurry());

  return {
    record(entry, written) {
      spool.append(rowOf(entry, redact), written);
      pace.recorded(isShared && entry.meters.some(({ lent }) => lent));
    },
    begun: (entry: LedgerEntry) => spool.begun(rowOf(entry, redact)),
    async flush() {
      await spool.written();
      await awake(database);
      const until = flusher.handled + spool.ownWaiting;
      // A run that began earlier may have passed by the last of them.
      do await flusher.run();
      while (flusher.handled < until && spool.ownWaiting > 0);
    },
    get state() {
      return { waiting: spool.waiting, oldest: spool.oldest, poisoned: poison.count, lost: spool.lost, spoolProblem: spool.problem };
    },
    async close() {
      stopTicking();
      stopWatching();
      await spool.written();
      // What cannot be written now, or not in time, is written at the next start.
      if (database.state === "connected") {
        const written = flusher.run();
        await (database.kind === "embedded" ? within(written, CLOSING_MS, clock) : written).catch(() => undefined);
      }
      await flusher.stop();
      await spool.close();
    },
  };
}

/** Resolves when the database is open, or away. */
function awake(database: Database): Promise<void> {
  database.wake();
  return new Promise((resolve) => {
    let stopWatching = (): void => undefined;
    const heard = (state: DatabaseState): void => {
      if (state === "asleep" || state === "opening") return;
      resolve();
      stopWatching();
    };
    stopWatching = database.watch(heard);
    heard(database.state);
  });
}

function openSpool(folder: string, files: SpoolFiles, options: LedgerOptions): Spool {
  const { warn, clock, instanceId, database, fsync = "grouped" } = options;
  const { freshRows = FRESH_ROWS, memoryRows = MEMORY_ROWS, segmentBytes = SEGMENT_BYTES } = options;
  const left = findSegments(folder, files, warn);
  const bytes = left.segments.reduce((sum, segment) => sum + segment.bytes, 0);
  if (left.segments.length > 0)
    warn({ files: left.segments.length, bytes }, "the spool holds rows of an earlier run; they go to the database first");
  const keepMs = database.kind === "embedded" ? EMBEDDED_KEEP_MS : 0;
  return new Spool({ folder, instanceId, clock, files, fsync, freshRows, memoryRows, segmentBytes, keepMs, warn }, left);
}

/** What the purses had lent, by meter. */
function chargesOf(calls: readonly SpooledCall[]): readonly { readonly meter: string; readonly nano: number }[] {
  const charges = new Map<string, number>();
  for (const { meters = [], spend_nano: nano = 0 } of calls)
    if (nano > 0) for (const [meter, lent] of meters) if (lent === 1) charges.set(meter, (charges.get(meter) ?? 0) + nano);
  return [...charges].map(([meter, nano]) => ({ meter, nano }));
}
