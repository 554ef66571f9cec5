/** Commands that open the database themselves: on an embedded one in a folder, and on a PostgreSQL server. */

import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { emptyOnServer, type FreshDatabase, freshDatabase, inDatabase, onServer } from "../../../testkit/src/servers/fresh-database.ts";
import { run } from "./run.ts";

let folder: string;
let litellm: string;
beforeAll(async () => {
  litellm = await emptyOnServer();
  const sql = await readFile(new URL("../import/fixtures/litellm.sql", import.meta.url), "utf8");
  await onServer(litellm, (client) => client.query(sql));
}, 60_000);
afterAll(() => drop(litellm));
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tollgate-commands-"));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

function drop(url: string): Promise<unknown> {
  return onServer(inDatabase(url, "postgres"), (client) => client.query(`drop database ${url.split("/").at(-1)} with (force)`));
}

/** Nothing but what a test says, and the variables of its `.env`. */
async function tollgate(...args: string[]) {
  const said: string[] = [];
  const complained: string[] = [];
  const code = await run(args, {
    ...{ version: "0", cwd: folder, examples: [], terminal: false },
    print: (text) => void said.push(text),
    write: (text) => void said.push(text),
    complain: (text) => void complained.push(text),
  });
  return { code, said: said.join("\n"), complained: complained.join("\n") };
}

/** No model is served here, which readers of configs warn of. */
const place = (data: string): string[] => ["--config", "config.yaml", "--data", data];
beforeEach(() =>
  writeFile(join(folder, "config.yaml"), "model_list:\n  - model_name: demo\n    litellm_params: { model: openai/demo, api_key: k }\n"),
);

describe("on a server", () => {
  let url: string;
  beforeEach(async () => {
    url = await emptyOnServer();
    await writeFile(
      join(folder, ".env"),
      `DATABASE_URL=${url}\nLITELLM_SALT_KEY=salt of the fixture\nLITELLM_MASTER_KEY=sk-fixture-master\nOLD=${litellm}\n`,
    );
  });
  afterEach(() => drop(url));

  it("migrates, and says what it did", async () => {
    const first = await tollgate("migrate", ...place("data"));
    expect(first).toMatchObject({ code: 0, complained: "" });
    expect(first.said).toMatch(/: applied 0001-first-tables/);
    expect((await tollgate("migrate", ...place("data"))).said).toMatch(/\(PostgreSQL [\d.]+\): the tables are up to date/);
  });

  it("imports LiteLLM's database, tells what came, and leaves it as it was", async () => {
    const dry = await tollgate("import", "litellm", "--database-url", "os.environ/OLD", "--dry-run", ...place("data"));
    expect(dry).toMatchObject({ code: 0, complained: "" });
    expect(dry.said).toMatch(/dry run: nothing was written/);
    const { code, said } = await tollgate("import", "litellm", "--database-url", litellm, ...place("data"));
    expect(code).toBe(0);
    expect(said).toMatch(/^keys +3 +0 +0 +2$/m);
    expect(said).toMatch(/^Left out:\n(.*\n)* {2}models: lost \(m-3\): model cannot be decrypted/m);
    expect(said).toMatch(/LiteLLM_SpendLogs \(2 rows; single calls/);
    expect(said).not.toContain("sk-upstream");
    const again = await tollgate("import", "litellm", "--database-url", litellm, "--json", ...place("data"));
    const report = JSON.parse(again.said) as { counts: { thing: string; fresh: number; kept: number }[] };
    expect(report.counts.find(({ thing }) => thing === "keys")).toMatchObject({ fresh: 0, kept: 3 });
    const rows = await onServer(
      litellm,
      async (client) => (await client.query('select count(*)::int4 as n from "LiteLLM_VerificationToken"')).rows,
    );
    expect(rows).toEqual([{ n: 5 }]);
  });

  it("refuses an address that is wrong without telling its password", async () => {
    const wrong = litellm.replace(/\/\/[^@]*@/, "//nobody:secretword@");
    const { code, complained } = await tollgate("import", "litellm", "--database-url", `${wrong}_gone`, ...place("data"));
    expect(code).toBe(1);
    expect(complained).not.toContain("secretword");
    expect(await tollgate("import", "litellm", "--database-url", "os.environ/NOT_SET", ...place("data"))).toMatchObject({
      code: 1,
      complained: expect.stringContaining("NOT_SET is not set"),
    });
    expect(await tollgate("import", "litellm", "--database-url", url, ...place("data"))).toMatchObject({
      code: 1,
      complained: expect.stringContaining("has no tables of LiteLLM"),
    });
  });

  it("says in a sentence that a database cannot be reached", async () => {
    await writeFile(join(folder, ".env"), `DATABASE_URL=${url}_gone\n`);
    const { code, complained } = await tollgate("migrate", ...place("data"));
    expect(code).toBe(1);
    expect(complained).toMatch(/^The database ".*_gone" does not exist on .*CREATE DATABASE/);
  });
});

/** Making a database takes long, so it is a copy; closed, so that a command can have it. */
async function emptyFolder(): Promise<FreshDatabase> {
  const fresh = await freshDatabase("embedded");
  await fresh.database.close();
  return fresh;
}

describe("on the embedded database", () => {
  it("makes a backup and restores it elsewhere", { timeout: 60_000 }, async () => {
    const made = await Promise.all([emptyFolder(), emptyFolder()]);
    const [one, two] = made.map(({ folder: database }) => place(dirname(database))) as [string[], string[]];
    const imported = await tollgate("import", "litellm", "--database-url", litellm, ...one);
    expect(imported).toMatchObject({ code: 0, complained: "" });
    const saved = await tollgate("backup", "all.gz", ...one);
    expect(saved.said).toMatch(/^all\.gz: \d+ rows of \d+ tables/);
    expect((await stat(join(folder, "all.gz"))).mode & 0o777).toBe(0o600);
    expect(await tollgate("restore", "gone.gz", ...two)).toMatchObject({ code: 1, complained: expect.stringContaining("gone.gz") });
    const restored = await tollgate("restore", "all.gz", ...two);
    expect(restored).toMatchObject({ code: 0, complained: "" });
    expect(restored.said).toContain(/: (\d+ rows of \d+ tables)/.exec(saved.said)?.[1]);
    const twice = await tollgate("restore", "all.gz", ...two);
    expect(twice).toMatchObject({ code: 1, complained: expect.stringMatching(/holds rows already/) });
    await Promise.all(made.map((each) => each.remove()));
  });

  it.each(["migrate", "backup x.gz", "restore x.gz"])("is refused while a gateway holds the folder: %s", async (command) => {
    const data = join(folder, "held");
    await (await import("../secrets/data-folder.ts")).openDataFolder(data);
    // Written as another machine that shows signs of life would.
    await writeFile(join(data, "lock"), JSON.stringify({ pid: 7, machine: "elsewhere", since: "2026-01-01T00:00:00.000Z" }));
    const { code, complained } = await tollgate(...command.split(" "), ...place("held"));
    expect(code).toBe(1);
    expect(complained).toMatch(/held is in use by process 7 on elsewhere.*Stop it first/);
  });
});
