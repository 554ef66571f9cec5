/** The embedded database in its folder: versions, faults, and processes that die. */

import { spawn } from "node:child_process";
import { mkdir, mkdtemp, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { sql } from "kysely";
import { systemClock } from "tollgate/parts";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase, openForTest } from "../../../testkit/src/servers/fresh-database.ts";
import { embeddedVersion } from "./embedded.ts";
import { type OpenedDatabase, openDatabase } from "./open-database.ts";

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
    const log = { info: () => undefined, warn: () => undefined };
    fresh = await freshDatabase("embedded");
    await fresh.database.close();
    const database = openDatabase({ folder: fresh.folder, clock: systemClock, log });
    expect(database.state).toBe("opening");
    await expect(sql`select 1`.execute(database.sql)).rejects.toMatchObject({ kind: "database_away" });
    await database.close();
    expect(database.state).toBe("away");
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
