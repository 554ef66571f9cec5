/** The embedded database in its folder: versions, faults, and processes that die. */

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, readdir, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { systemClock } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { embeddedSeed, type FreshDatabase, freshDatabase, openForTest } from "../../../testkit/src/servers/fresh-database.ts";
import { embeddedEngine, embeddedVersion } from "./embedded.ts";
import { migrations } from "./migrations/catalog.ts";
import { type OpenedDatabase, openDatabase } from "./open-database.ts";
import { packSeed } from "./seed-file.ts";

let temporary: string;
let fresh: FreshDatabase | undefined;
beforeEach(async () => {
  temporary = await mkdtemp(join(tmpdir(), "tollgate-embedded-"));
});
afterEach(async () => {
  await fresh?.remove();
  fresh = undefined;
  await rm(temporary, { recursive: true, force: true });
});

const quiet = { info: () => undefined, warn: () => undefined };

function away(database: OpenedDatabase): Promise<string | undefined> {
  return new Promise((resolve) => database.watch((state) => state === "away" && resolve(database.problem)));
}

describe("the embedded database", () => {
  it("is of the version that its folders are held to, and for its owner only", async () => {
    fresh = await freshDatabase("embedded");
    const { rows } = await sql<{ server_version: string }>`show server_version`.execute(fresh.database.sql);
    expect(rows[0]?.server_version.split(".")[0]).toBe(embeddedVersion);
    expect((await stat(fresh.folder)).mode & 0o777).toBe(0o700);
  });

  it("keeps its rows over a restart", async () => {
    fresh = await freshDatabase("embedded");
    await fresh.database.sql.insertInto("config").values({ param_name: "a", param_value: {} }).execute();
    await fresh.database.close();
    const again = openForTest({ folder: fresh.folder });
    await again.ready;
    expect(await again.sql.selectFrom("config").select("param_name").execute()).toEqual([{ param_name: "a" }]);
    await again.close();
  });

  it("says what to do with a folder of another version", async () => {
    await writeFile(join(temporary, "PG_VERSION"), "17\n");
    const database = openForTest({ folder: temporary });
    expect(await away(database)).toMatch(/was made by PostgreSQL 17.*tollgate backup/);
    await database.close();
  });

  it("says that its folder cannot be one", async () => {
    await writeFile(join(temporary, "file"), "");
    const database = openForTest({ folder: join(temporary, "file", "below") });
    expect(await away(database)).toContain(join(temporary, "file", "below"));
    await database.close();
  });

  it("says that its folder is damaged", async () => {
    await mkdir(join(temporary, "base"));
    await writeFile(join(temporary, "PG_VERSION"), `${embeddedVersion}\n`);
    const database = openForTest({ folder: temporary });
    expect(await away(database)).toMatch(/cannot be opened.*tollgate restore/);
    await database.close();
  });

  it("refuses while it opens, and can be closed before it is open", async () => {
    fresh = await freshDatabase("embedded");
    await fresh.database.close();
    const database = openDatabase({ folder: fresh.folder, clock: systemClock, log: quiet });
    expect(database.state).toBe("opening");
    await expect(sql`select 1`.execute(database.sql)).rejects.toMatchObject({ kind: "database_away" });
    await database.close();
    expect(database.state).toBe("away");
  });
});

describe("a new embedded database", () => {
  const events = { notified: () => undefined, lost: () => undefined };
  const tablesOf = async (folder: string, seed: string): Promise<{ tables: number; migrated: readonly string[] }> => {
    const session = await embeddedEngine(folder, async () => seed).connect(events);
    const { rows } = await session.pool.query(
      "select count(*)::int as tables from pg_class where relname in ('keys', 'calls', 'migrations')",
    );
    await session.close();
    return { tables: rows[0].tables, migrated: session.migrated };
  };
  const all = migrations.map(({ name }) => name);

  it("is unpacked from a seed, which has had all migrations", async () => {
    const seed = join(temporary, "seed");
    await packSeed(await embeddedSeed(), seed);
    const folder = join(temporary, "database");
    expect(embeddedEngine(folder).isThere()).toBe(false);
    expect(await tablesOf(folder, seed)).toEqual({ tables: 3, migrated: all });
    expect(embeddedEngine(folder).isThere()).toBe(true);
    expect((await stat(folder)).mode & 0o777).toBe(0o700);
    // It is there now: nothing is unpacked, and nothing was missing.
    expect(await tablesOf(folder, "nowhere")).toEqual({ tables: 3, migrated: [] });
  });

  it("is made where the seed is damaged", async () => {
    const seed = join(temporary, "seed");
    await writeFile(seed, "no seed");
    const folder = join(temporary, "database");
    expect(await tablesOf(folder, seed)).toEqual({ tables: 3, migrated: all });
    expect((await readdir(temporary)).sort()).toEqual(["database", "seed"]);
  }, 60_000);
});

describe("an embedded database that sleeps", () => {
  const asleep = (name = "database", after?: Promise<unknown>): OpenedDatabase =>
    openDatabase({ folder: join(temporary, name), clock: systemClock, log: quiet, sleeps: true, after });

  it("is not made by being closed", async () => {
    const database = asleep();
    expect(database.state).toBe("asleep");
    await database.close();
    database.wake();
    expect(database.state).toBe("away");
    await expect(sql`select 1`.execute(database.sql)).rejects.toMatchObject({ kind: "database_away" });
    expect(await readdir(temporary)).toEqual([]);
  });

  it("is woken by its first queries, which wait, and keeps what they wrote", async () => {
    const database = asleep();
    const states: string[] = [];
    database.watch((state) => states.push(state));
    const write = (name: string) => database.sql.insertInto("config").values({ param_name: name, param_value: {} }).execute();
    await Promise.all([write("a"), write("b")]);
    expect(states).toEqual(["asleep", "opening", "connected"]);
    await database.ready;
    await database.close();
    const again = asleep();
    expect(again.state).toBe("opening");
    await again.ready;
    expect(await again.sql.selectFrom("config").select("param_name").orderBy("param_name").execute()).toHaveLength(2);
    await again.close();
  }, 60_000);

  it("waits with its opening for what it was told to wait for, however early it is woken", async () => {
    let listen = (): void => undefined;
    const database = asleep(
      "database",
      new Promise<void>((resolve) => {
        listen = resolve;
      }),
    );
    database.wake();
    database.wake();
    expect(database.state).toBe("opening");
    expect(await readdir(temporary)).toEqual([]);
    listen();
    await database.ready;
    expect(database.state).toBe("connected");
    await database.close();
  }, 60_000);

  it("refuses its first query when it cannot be made, instead of letting it wait", async () => {
    await symlink(join(temporary, "nowhere", "at all"), join(temporary, "link"));
    const database = asleep("link/database");
    expect(database.state).toBe("asleep");
    await expect(sql`select 1`.execute(database.sql)).rejects.toMatchObject({ kind: "database_away" });
    expect(database.problem).toContain(temporary);
    await database.close();
  }, 60_000);

  it("does not sleep when it is there, or cannot be looked at", async () => {
    await writeFile(join(temporary, "database"), "");
    const database = asleep();
    expect(database.state).toBe("opening");
    expect(await away(database)).toContain(temporary);
    await database.close();
  });
});

describe("a process that is killed while it writes", () => {
  it("loses no row that was written", async () => {
    fresh = await freshDatabase("embedded");
    await fresh.database.close();
    let acknowledged = 0;
    for (const _ of [1, 2]) {
      acknowledged = await writeUntilKilled(fresh.folder, acknowledged + 40);
      const database = openForTest({ folder: fresh.folder });
      await database.ready;
      const rows = await database.sql.selectFrom("meters").select("spent_nano").execute();
      await database.close();
      const found = new Set(rows.map(({ spent_nano }) => Number(spent_nano)));
      const missing = Array.from({ length: acknowledged }, (_, at) => at).filter((at) => !found.has(at));
      expect(missing).toEqual([]);
      // At most the transaction that was under way when it died.
      expect(found.size).toBeLessThanOrEqual(acknowledged + 1);
      acknowledged = found.size;
    }
  }, 60_000);
});

/** Another process writes rows one by one and says each; it is killed without warning. Answers how many it said. */
function writeUntilKilled(folder: string, enough: number): Promise<number> {
  const code = `
    const { openDatabase } = await import(${JSON.stringify(new URL("./open-database.ts", import.meta.url).href)});
    const { systemClock } = await import("tollgate/parts");
    const log = { info() {}, warn() {} };
    const database = openDatabase({ folder: ${JSON.stringify(folder)}, clock: systemClock, log });
    await database.ready;
    const { length } = await database.sql.selectFrom("meters").select("id").execute();
    for (let at = length; ; at++) {
      await database.sql.insertInto("meters").values({ id: "m" + at, spent_nano: at }).execute();
      console.log(at + 1);
    }`;
  const args = ["--conditions=tollgate-source", "--import", "tsx", "--input-type=module", "-e", code];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  return new Promise((resolve) => {
    let said = 0;
    createInterface({ input: child.stdout }).on("line", (line) => {
      said = Number(line);
      if (said >= enough) child.kill("SIGKILL");
    });
    child.once("close", () => resolve(said));
  });
}
