import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { fakeClock } from "@tollgate/testkit/fake-clock";
import { withDatabases } from "@tollgate/testkit/servers/with-databases";
import { type Clock, GatewayError, systemClock } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { Database, DatabaseState } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { createLedger, type LedgerOptions } from "./create-ledger.ts";
import { entryOf, failingFiles, recordOf } from "./fakes-for-tests.ts";
import type { Ledger, LedgerEntry } from "./ledger.ts";
import { startRetention } from "./retention.ts";

let folder = "";
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "ledger-"));
});
afterEach(() => rmSync(folder, { recursive: true, force: true }));

/** A database that a test can take away. */
function switchable(real: Database): Database & { away: boolean } {
  const watchers = new Set<(state: DatabaseState) => void>();
  let away = false;
  return {
    kind: real.kind,
    problem: undefined,
    ready: real.ready,
    wake: () => real.wake(),
    notify: (channel, payload) => real.notify(channel, payload),
    listen: (channel, listener) => real.listen(channel, listener),
    close: () => real.close(),
    watch(listener) {
      watchers.add(listener);
      listener(this.state);
      return () => void watchers.delete(listener);
    },
    get sql() {
      if (away) throw new GatewayError("database_away", "It was taken away by a test.");
      return real.sql;
    },
    get state() {
      return away ? "away" : "connected";
    },
    get away() {
      return away;
    },
    set away(value) {
      away = value;
      for (const watcher of watchers) watcher(this.state);
    },
  };
}

/** A database that nobody has needed yet. */
function sleeping(real: Database, opens: "at once" | "late" = "at once"): Database {
  const watchers = new Set<(state: DatabaseState) => void>();
  let state: DatabaseState = "asleep";
  const become = (next: DatabaseState): void => {
    state = next;
    for (const watcher of [...watchers]) watcher(state);
  };
  return {
    kind: real.kind,
    problem: undefined,
    ready: real.ready,
    notify: (channel, payload) => real.notify(channel, payload),
    listen: (channel, listener) => real.listen(channel, listener),
    close: () => real.close(),
    watch(listener) {
      watchers.add(listener);
      listener(state);
      return () => void watchers.delete(listener);
    },
    wake() {
      if (state !== "asleep") return;
      become("opening");
      if (opens === "late") systemClock.after(20, () => become("connected"));
      else become("connected");
    },
    get sql() {
      if (state !== "connected") throw new GatewayError("database_away", "It was not open yet.");
      return real.sql;
    },
    get state() {
      return state;
    },
  };
}

const recent = (callId: string, clock: Clock): LedgerEntry["record"] => recordOf(callId, { startedAt: clock.now() });

function open(database: Database, changes: Partial<LedgerOptions> = {}): Ledger {
  const redact = (text: string): string => text;
  return createLedger({ dataFolder: folder, database, clock: systemClock, instanceId: "i1", redact, warn() {}, ...changes });
}

async function record(ledger: Ledger, ...callIds: string[]): Promise<void> {
  await Promise.all(callIds.map((callId) => new Promise<void>((resolve) => ledger.record(entryOf(callId), resolve))));
}

withDatabases("the ledger", (stage) => {
  const one = async (text: string): Promise<unknown> => Object.values((await rowsOf<object>(stage.database.sql, text))[0] ?? {})[0];

  describe("while the database is away", () => {
    it("keeps rows, in memory only so many, and writes them all when it is back", async () => {
      const database = switchable(stage.database);
      const ledger = open(database, { freshRows: 50, segmentBytes: 4096, batchRows: 20 });
      database.away = true;
      for (let at = 0; at < 30; at += 1) await record(ledger, ...Array.from({ length: 10 }, (_, index) => `c${at}-${index}`));
      await expect(ledger.flush()).rejects.toMatchObject({ kind: "database_away" });
      expect(ledger.state).toMatchObject({ waiting: 300, lost: 0 });
      expect(ledger.state.oldest).toBeGreaterThan(0);
      database.away = false;
      await ledger.flush();
      expect(ledger.state.waiting).toBe(0);
      expect(await one("select count(*) from calls")).toBe(300n);
      expect(await one("select sum(requests)::int8 from daily")).toBe(300n);
      await ledger.close();
      expect(readdirSync(join(folder, "spool"))).toEqual([]);
    });

    it("leaves its rows for the next start when it stays away", async () => {
      const database = switchable(stage.database);
      database.away = true;
      const ledger = open(database);
      await record(ledger, "a", "b");
      await ledger.close();
      const next = open(stage.database);
      await next.flush();
      expect(await one("select count(*) from calls")).toBe(2n);
      await next.close();
    });
  });

  describe("while the database is asleep", () => {
    it("wakes it when rows have waited for long, and not for rest alone", async () => {
      const database = sleeping(stage.database);
      const clock = fakeClock();
      const ledger = open(database, { clock });
      await clock.advance(5000);
      ledger.record(entryOf("a", { record: recent("a", clock) }), () => {});
      await clock.advance(9000);
      expect(database.state).toBe("asleep");
      await clock.advance(300_000);
      expect(database.state).toBe("connected");
      await expect.poll(() => one("select count(*) from calls")).toBe(1n);
      await ledger.close();
    });

    it("is not woken by the end, nor by the next start: rows wait for whoever wants the books", async () => {
      const database = sleeping(stage.database);
      const clock = fakeClock();
      const ledger = open(database, { clock });
      await record(ledger, "a", "b");
      await ledger.close();
      expect(database.state).toBe("asleep");
      const again = sleeping(stage.database);
      const next = open(again, { clock });
      await clock.advance(10_000);
      expect([again.state, next.state.waiting]).toEqual(["asleep", 1]);
      await next.flush();
      expect(await one("select count(*) from calls")).toBe(2n);
      await next.close();
    });

    it("is woken and waited for by whoever wants the books complete", async () => {
      const database = sleeping(stage.database, "late");
      const ledger = open(database, { clock: fakeClock() });
      await record(ledger, "a");
      await ledger.flush();
      expect(await one("select count(*) from calls")).toBe(1n);
      await ledger.close();
    });
  });

  it("writes lent money while calls come in where others could borrow it, and lets it wait where nobody could", async () => {
    const clock = fakeClock();
    const ledger = open(stage.database, { clock });
    const meters = [{ meter: "m1", lent: true }];
    for (let at = 0; at < 30; at += 1) ledger.record(entryOf(`lent${at}`, { record: recent(`lent${at}`, clock), meters }), () => {});
    await expect.poll(() => ledger.state.waiting).toBe(30);
    await clock.advance(1000);
    const isShared = stage.database.kind !== "embedded";
    // Long enough for a batch that was begun.
    if (!isShared) await new Promise((resolve) => setTimeout(resolve, 500));
    await expect.poll(() => ledger.state.waiting).toBe(isShared ? 0 : 30);
    await ledger.flush();
    expect(await one("select count(*) from calls")).toBe(30n);
    await ledger.close();
  });

  it("leaves the processor to calls that come in again, and goes on afterwards", async () => {
    const clock = fakeClock();
    const names = Array.from({ length: 100 }, (_, at) => `c${at}`);
    let burst = false;
    const ledger: Ledger = open(stage.database, {
      ...{ clock, batchRows: 10, freshRows: 25, segmentBytes: 20_000 },
      onWritten: () => {
        if (burst) for (let at = 0; at < 30; at += 1) ledger.record(entryOf(`late${at}`, { record: recent(`late${at}`, clock) }), () => {});
        burst = false;
      },
    });
    await ledger.flush();
    const told = names.map(
      (name) => new Promise<void>((resolve) => ledger.record(entryOf(name, { record: recent(name, clock) }), resolve)),
    );
    await Promise.all(told);
    await clock.advance(1000);
    burst = true;
    await clock.advance(1000);
    // The batch that was under way when they came, and no other.
    await expect.poll(() => ledger.state.waiting).toBe(120);
    expect(await one("select count(*) from calls")).toBe(10n);
    await clock.advance(1000);
    await clock.advance(1000);
    await expect.poll(() => ledger.state.waiting).toBe(0);
    expect(await one("select sum(requests)::int8 from daily")).toBe(130n);
    await ledger.close();
  });

  it("ends in time beside an embedded database, and leaves the rest to the next start", async () => {
    const clock = fakeClock();
    const ledger = open(stage.database, { clock, batchRows: 10, onWritten: () => void clock.advance(3000) });
    await record(ledger, ...Array.from({ length: 100 }, (_, at) => `c${at}`));
    await ledger.close();
    const written = Number(await one("select count(*) from calls"));
    if (stage.engine === "server") expect(written).toBe(100);
    else expect(written).toBeLessThan(100);
    const next = open(stage.database);
    await next.flush();
    expect(await one("select count(*) from calls")).toBe(100n);
    expect(await one("select sum(requests)::int8 from daily")).toBe(100n);
    await next.close();
  });

  it("writes to the database what the disk does not take", async () => {
    const files = failingFiles();
    files.readOnly = true;
    const ledger = open(stage.database, { files });
    await record(ledger, "a", "b");
    expect(ledger.state.spoolProblem).toMatch(/EROFS/);
    await ledger.flush();
    expect(await one("select count(*) from calls")).toBe(2n);
    await ledger.close();
  });

  it("makes room for calls of days that nobody expected, and forgets those that are too old", async () => {
    const ledger = open(stage.database);
    await record(ledger, "a");
    await ledger.flush();
    const clock = { ...systemClock, now: () => Date.UTC(2026, 8, 30), every: () => () => {} };
    const stop = startRetention({ database: stage.database, clock, keepMs: 86_400_000, warn() {} });
    await expect.poll(() => one("select count(*) from calls")).toBe(0n);
    expect(await one("select sum(requests)::int8 from daily")).toBe(1n);
    stop();
    await ledger.close();
  });
});

const here = (path: string): string => JSON.stringify(new URL(path, import.meta.url).href);

/** Records as fast as it can and says each call that it was told of; its database is away, so everything stays in the spool. */
const busyProcess = `
  const { createLedger } = await import(${here("./create-ledger.ts")});
  const { entryOf } = await import(${here("./fakes-for-tests.ts")});
  const { systemClock } = await import("tollgate/parts");
  const { writeSync } = await import("node:fs");
  const [folder, name] = process.argv.slice(-2);
  const database = { kind: "server", state: "away", watch: () => () => {}, wake() {} };
  const ledger = createLedger({ dataFolder: folder, database, clock: systemClock, instanceId: name, redact: (text) => text, warn() {}, segmentBytes: 65536 });
  let count = 0;
  const some = () => {
    for (let at = 0; at < 5; at += 1) {
      const callId = name + "-" + (count += 1);
      ledger.record(entryOf(callId), () => writeSync(1, callId + "\\n"));
    }
    setImmediate(some);
  };
  some();
`;

/** What it said before it was killed. */
async function killedWhileBusy(name: string, afterMs: number): Promise<readonly string[]> {
  const cwd = fileURLToPath(new URL("../../../..", import.meta.url));
  const flags = ["--conditions=tollgate-source", "--import", "tsx", "--input-type=module", "-e", busyProcess, folder, name];
  const child = spawn(process.execPath, flags, { cwd, stdio: ["ignore", "pipe", "inherit"] });
  let said = "";
  child.stdout.on("data", (bytes: Buffer) => {
    if (said === "") systemClock.after(afterMs, () => child.kill("SIGKILL"));
    said += bytes.toString("latin1");
  });
  await once(child, "close");
  // The last line may be half of one.
  return said.split("\n").slice(0, -1);
}

withDatabases("kill -9 under load", (stage) => {
  it("costs no call that somebody was told of, and doubles none", { timeout: 60_000 }, async () => {
    const told: string[] = [];
    for (const [name, afterMs] of [
      ["p1", 3],
      ["p2", 40],
      ["p3", 17],
    ] as const)
      told.push(...(await killedWhileBusy(name, afterMs)));
    expect(told.length).toBeGreaterThan(30);
    const ledger = open(stage.database);
    await ledger.flush();
    const rows = await rowsOf<{ call_id: string }>(stage.database.sql, "select call_id from calls");
    const found = new Set(rows.map(({ call_id }) => call_id));
    expect(told.filter((callId) => !found.has(callId))).toEqual([]);
    expect(found.size).toBe(rows.length);
    const sums = "select sum(requests)::int8 as requests, sum(spend_nano)::int8 as nano from daily";
    expect(await rowsOf(stage.database.sql, sums)).toEqual([{ requests: BigInt(rows.length), nano: BigInt(rows.length * 1500) }]);
    const spent = await rowsOf<{ nano: bigint }>(stage.database.sql, "select sum(spent_nano)::int8 as nano from meters");
    expect(spent[0]?.nano).toBe(BigInt(rows.length * 1500));
    await ledger.close();
  });
});
