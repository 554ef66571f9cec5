/** A backup of either engine can be restored into either. */

import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gunzipSync, gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, it } from "vitest";
import { type FreshDatabase, freshDatabase } from "../../../testkit/src/servers/fresh-database.ts";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { restoreBackup, writeBackup } from "./backup.ts";
import { ensureDays } from "./partitions.ts";

let folder: string;
let target: FreshDatabase | undefined;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-backup-"));
});
afterEach(async () => {
  await target?.remove();
  target = undefined;
  await rm(folder, { recursive: true, force: true });
});

withDatabases("a backup", (stage) => {
  const file = () => join(folder, "backup.gz");

  async function fill(): Promise<void> {
    const { sql } = stage.database;
    await sql
      .insertInto("meters")
      .values([{ id: "m", spent_nano: 9007199254740993n, until: "2026-11-22T10:00:00.123456Z" }])
      .execute();
    await sql
      .insertInto("config")
      .values(Array.from({ length: 450 }, (_, at) => ({ param_name: `p${at}`, param_value: { at, text: "line\nbreak # 😀" } })))
      .execute();
    await ensureDays(sql, ["2026-11-22"]);
  }

  it("brings everything back, in the other engine too", async () => {
    await fill();
    expect(await writeBackup(stage.database, file())).toEqual({ rows: 451, tables: 26 });
    expect((await stat(file())).mode & 0o777).toBe(0o600);
    target = await freshDatabase(stage.engine === "embedded" ? "server" : "embedded");
    expect(await restoreBackup(target.database, file())).toEqual({ rows: 451, tables: 26 });
    const both = [stage.database, target.database];
    for (const table of ["meters", "config"] as const) {
      const [was, is] = await Promise.all(both.map(({ sql }) => sql.selectFrom(table).selectAll().execute()));
      expect(new Set(is?.map((row) => JSON.stringify(row, text)))).toEqual(new Set(was?.map((row) => JSON.stringify(row, text))));
    }
    const again = join(folder, "again.gz");
    await writeBackup(target.database, again);
    expect(
      gunzipSync(await readFile(again))
        .toString()
        .split("\n")
        .sort(),
    ).toEqual(
      gunzipSync(await readFile(file()))
        .toString()
        .split("\n")
        .sort(),
    );
  });

  it("is restored into an empty database only", async () => {
    await fill();
    await writeBackup(stage.database, file());
    await expect(restoreBackup(stage.database, file())).rejects.toThrow(/holds rows already/);
  });

  it("is refused when it is cut off, and nothing of it stays", async () => {
    await fill();
    await writeBackup(stage.database, file());
    const lines = gunzipSync(await readFile(file()))
      .toString()
      .split("\n");
    await stage.database.sql.deleteFrom("config").execute();
    await stage.database.sql.deleteFrom("meters").execute();
    await writeFile(file(), gzipSync(lines.slice(0, 300).join("\n")));
    await expect(restoreBackup(stage.database, file())).rejects.toThrow(/cut off/);
    expect(await stage.database.sql.selectFrom("config").selectAll().execute()).toEqual([]);
    await writeFile(file(), (await readFile(file())).subarray(0, 400));
    await expect(restoreBackup(stage.database, file())).rejects.toThrow(/cannot be read as a backup|cut off/);
  });

  it("is refused when it is none, or not there", async () => {
    await writeFile(file(), "something else");
    await expect(restoreBackup(stage.database, file())).rejects.toThrow(/cannot be read as a backup/);
    await expect(restoreBackup(stage.database, join(folder, "nowhere"))).rejects.toThrow(/ENOENT/);
  });

  it("is refused when it is of another version", async () => {
    const head = { tollgate: "backup", version: 1, migrations: ["0001-first-tables", "0099-later"], days: [] };
    await writeFile(file(), gzipSync(`# ${JSON.stringify(head)}\n# {"rows":0}\n`));
    await expect(restoreBackup(stage.database, file())).rejects.toThrow(/0099-later/);
  });
});

function text(_: string, value: unknown): unknown {
  return typeof value === "bigint" ? String(value) : value;
}
