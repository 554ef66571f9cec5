/** Everything of a LiteLLM database that we have a place for comes over, once; the rest is told. */

import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, expect, it } from "vitest";
import { startGateway } from "../../../testkit/src/gateway.ts";
import { emptyOnServer, onServer } from "../../../testkit/src/servers/fresh-database.ts";
import { withDatabases } from "../../../testkit/src/servers/with-databases.ts";
import { createPeople } from "../access/people.ts";
import { createEncryption, type Encryption } from "../secrets/encryption.ts";
import { type ForeignDatabase, openForeign } from "../store/foreign-server.ts";
import { type ImportOptions, type ImportReport, importLitellm } from "./import-litellm.ts";

const alice = "9e6b3feefc486e22c389b772cfe3b6acab8e6c14d15117176db4d908b1c5ac25";
const ci = "41ff748baeaf4b278735a30340782f4dc87431509bfa36241d9557136d04f487";
const dup = "5d1a08759bde0e55d3b591950f3dc93d24c5cd1b098504e4447d20b74acbdbfc";
const now = Date.parse("2026-11-22T12:00:00Z");

let url: string;
let encryption: Encryption;
beforeAll(async () => {
  url = await emptyOnServer();
  const sql = await readFile(new URL("fixtures/litellm.sql", import.meta.url), "utf8");
  await onServer(url, (client) => client.query(sql));
  encryption = await createEncryption("our own salt");
}, 60_000);
afterAll(() =>
  onServer(url.replace(/\/[^/]*$/, "/postgres"), (client) => client.query(`drop database ${url.split("/").at(-1)} with (force)`)),
);

withDatabases("an import from LiteLLM", (stage) => {
  async function run(more: Partial<ImportOptions> = {}): Promise<ImportReport> {
    const source = await openForeign(url);
    try {
      return await importLitellm({
        ...{ source, database: stage.database, encryption, now, timezone: "UTC", replace: false, dryRun: false },
        secrets: ["salt of the fixture", "sk-fixture-master"],
        ...more,
      });
    } finally {
      await source.close();
    }
  }
  const counts = (report: ImportReport, column: "fresh" | "replaced" | "kept" | "leftOut") =>
    Object.fromEntries(report.counts.map((each) => [each.thing, each[column]]));
  const spent = async () => {
    const rows = await stage.database.sql.selectFrom("meters").select(["id", "spent_nano"]).execute();
    return Object.fromEntries(rows.map((row) => [row.id, Number(row.spent_nano)]));
  };
  const november = Date.parse("2026-11-01T00:00:00Z");

  it("copies everybody with limits and memberships", async () => {
    const report = await run();
    expect(counts(report, "fresh")).toEqual({
      ...{ budgets: 4, customers: 1, tags: 1, "access groups": 1, organizations: 1, users: 3, "members of organizations": 1, projects: 1 },
      ...{ teams: 2, "members of teams": 4, keys: 3, "rotated keys in their grace": 1, "keys by JWT claim": 1, credentials: 1, models: 3 },
    });
    const { sql } = stage.database;
    const team = await sql.selectFrom("teams").selectAll().where("team_id", "=", "t-1").executeTakeFirstOrThrow();
    expect(team).toMatchObject({
      team_alias: "Blue",
      organization_id: "o-1",
      blocked: false,
      created_at: new Date("2025-02-03T04:05:06.789Z"),
    });
    expect(team.settings).toEqual({
      metadata: { team_member_budget_id: "b-members", model_rpm_limit: { claude: 5 }, budget_duration: "as we like it" },
      ...{ max_budget: 200, models: ["gpt-4o-mini"], budget_duration: "30d", tpm_limit: 9_000_000_000 },
      ...{ model_aliases: { best: "claude" }, object_permission: { vector_stores: ["vs-1"] } },
      ...{ team_member_budget: 20, team_member_budget_duration: "7d", team_member_rpm_limit: 10 },
    });
    const members = await sql
      .selectFrom("team_members")
      .select(["team_id", "user_id", "role", "settings"])
      .orderBy("team_id")
      .orderBy("user_id")
      .execute();
    expect(members).toEqual([
      { team_id: "t-1", user_id: "alice", role: "admin", settings: {} },
      { team_id: "t-1", user_id: "bob", role: "user", settings: { max_budget_in_team: 50, allowed_models: ["gpt-4o-mini"] } },
      { team_id: "t-2", user_id: "alice", role: "admin", settings: {} },
      { team_id: "t-2", user_id: "bob", role: "user", settings: {} },
    ]);
  });

  it("lets keys in as they were, in their grace too", async () => {
    await run();
    const people = createPeople(stage.database);
    const rows = await people.key(alice);
    expect(rows?.key).toMatchObject({ hash: alice, alias: "alice", blocked: false });
    expect(rows?.key.settings).toEqual({
      ...{ models: ["gpt-4o-mini"], metadata: { tags: ["lab"] }, max_budget: 10, budget_duration: "30d", rpm_limit: 60 },
    });
    expect(rows?.user).toMatchObject({ id: "alice", role: "proxy_admin", email: "Alice@example.com" });
    expect((await people.key("f9589b1e3bc2cfe93811c0ea7bf114e7516eeb94bdd5e802dc72885c75924089"))?.key.hash).toBe(alice);
    const build = await people.key(ci);
    expect(build?.key).toMatchObject({ blocked: true, expires: Date.parse("2100-06-01T12:00:00Z") });
    expect(build?.team?.name).toBe("Blue");
    expect(build?.organization?.settings).toMatchObject({ max_budget: 1000, models: ["gpt-4o-mini", "claude"] });
    expect(build?.key.settings["budget_limits"]).toEqual([{ budget_duration: "1d", max_budget: 1 }, { max_budget: 9 }]);
  });

  it("keeps what was spent, exactly, in all and in the window that is now", async () => {
    await run();
    expect(await spent()).toEqual({
      [`key:${alice}|total|0`]: 1_500_000_000,
      [`key:${alice}|30d|${november}`]: 1_500_000_000,
      "team:t-1|total|0": 7_000_000_001,
      [`team:t-1|30d|${november}`]: 7_000_000_001,
      "organization:o-1|total|0": 12_500_000_000,
      [`organization:o-1|30d|${november}`]: 12_500_000_000,
      // Their duration is none that we know.
      "user:alice|total|0": 3_250_000_000,
      "member:t-1/alice|total|0": 2_500_000_000,
      [`member:t-1/alice|7d|${Date.parse("2026-11-16T00:00:00Z")}`]: 2_500_000_000,
      "member:t-1/bob|total|0": 500_000_000,
      "project:p-1|total|0": 1_000_000_000,
      // The window that this was spent in is over.
      "customer:c-1|total|0": 750_000_000,
      "tag:lab|total|0": 125_000_000,
    });
  });

  it("opens models and credentials of every version, and encrypts them with our salt", async () => {
    await run();
    const { sql } = stage.database;
    const models = await sql.selectFrom("models").selectAll().orderBy("model_id").execute();
    expect(models.map((row) => [row.model_name, row.team_id, row.model_info, encryption.decryptJson(row.litellm_params)])).toEqual([
      [
        "gpt-4o-mini",
        null,
        { mode: "chat" },
        { model: "openai/gpt-4o-mini", api_key: "sk-upstream-of-old", rpm: 100, input_cost_per_token: 0.00000015 },
      ],
      [
        ...["model_name_t-1_9f", "t-1", { team_id: "t-1", team_public_model_name: "claude" }],
        { model: "anthropic/claude-sonnet-4-5", api_key: "sk-ant-upstream" },
      ],
      ["local", null, {}, { model: "ollama/llama3", api_base: "http://localhost:11434" }],
    ]);
    const credential = await sql.selectFrom("credentials").selectAll().executeTakeFirstOrThrow();
    expect(encryption.decryptJson(credential.credential_values)).toEqual({ api_key: "sk-from-credential" });
  });

  it("leaves a gateway with the models of before, and lets old keys ask them", async () => {
    await run();
    const gateway = await startGateway({ config: {}, database: stage.database, env: { LITELLM_SALT_KEY: "our own salt" } });
    try {
      await expect
        .poll(async () => {
          const reply = await gateway.get("/v1/models", { authorization: "Bearer sk-fixture-alice" });
          return { status: reply.status, models: ((await reply.json()) as { data: { id: string }[] }).data.map(({ id }) => id) };
        })
        .toEqual({ status: 200, models: ["gpt-4o-mini"] });
      expect((await gateway.get("/v1/models", { authorization: "Bearer sk-fixture-page" })).status).toBe(401);
    } finally {
      await gateway.close();
    }
  });

  it("tells what is left out and what is not as it was", async () => {
    const report = await run();
    expect(report.leftOut.map(({ thing, id }) => `${thing} ${id}`)).toEqual([
      "members of teams t-1/gone@example.com",
      "keys sk-...page",
      "keys sk-...ster",
      "models lost (m-3)",
    ]);
    expect(report.changed.map(({ thing, id, what }) => `${thing} ${id}: ${what}`)).toEqual([
      expect.stringMatching(/^users alice: the password cannot be taken over/),
      "users alice: the duration 'monthly' is unknown and was left out",
      "users carol: the role 'app_owner' became internal_user",
      "users carol: the mail address bob@example.com is another user's already, so this one has none",
      `keys ${ci}: the duration 'whenever' is unknown and was left out`,
      `keys ${dup}: the alias ci is another key's already, so this one is called ci-5d1a0875`,
    ]);
    expect(report.tablesLeft).toEqual([
      { table: "LiteLLM_Config", rows: 1 },
      { table: "LiteLLM_SpendLogs", rows: 2 },
    ]);
    expect(JSON.stringify(report)).not.toMatch(/sk-upstream|sk-ant|salt of/);
  });

  it("changes nothing when it runs again", async () => {
    const first = await run();
    await stage.database.sql.updateTable("keys").set({ blocked: false, key_alias: "ours now" }).where("token", "=", ci).execute();
    const before = await spent();
    const again = await run();
    expect(Object.values(counts(again, "fresh")).every((count) => count === 0)).toBe(true);
    expect(counts(again, "kept")).toEqual(counts(first, "fresh"));
    expect(await spent()).toEqual(before);
    const key = await stage.database.sql.selectFrom("keys").select(["blocked", "key_alias"]).where("token", "=", ci).executeTakeFirst();
    expect(key).toEqual({ blocked: false, key_alias: "ours now" });
  });

  it("replaces rows when asked to, and counts no money twice", async () => {
    const first = await run();
    const { sql } = stage.database;
    await sql.updateTable("keys").set({ blocked: false }).where("token", "=", ci).execute();
    await sql.updateTable("meters").set({ spent_nano: 9_000_000_000n }).where("id", "=", "team:t-1|total|0").execute();
    const again = await run({ replace: true });
    expect(counts(again, "replaced")).toEqual(counts(first, "fresh"));
    const key = await sql.selectFrom("keys").select("blocked").where("token", "=", ci).executeTakeFirst();
    expect(key).toEqual({ blocked: true });
    expect(await spent()).toMatchObject({ "team:t-1|total|0": 9_000_000_000, [`key:${alice}|total|0`]: 1_500_000_000 });
  });

  it("adds to what was already spent here", async () => {
    await stage.database.sql.insertInto("meters").values({ id: "tag:lab|total|0", spent_nano: 5n }).execute();
    await run();
    expect(await spent()).toMatchObject({ "tag:lab|total|0": 125_000_005 });
  });

  it("only pretends in a dry run", async () => {
    const report = await run({ dryRun: true });
    expect(counts(report, "fresh")).toMatchObject({ keys: 3, teams: 2 });
    for (const table of ["keys", "teams", "meters", "models", "audit", "config"] as const)
      expect(await stage.database.sql.selectFrom(table).selectAll().execute()).toEqual([]);
  });

  it("leaves models out whose secrets nobody can open", async () => {
    const report = await run({ secrets: ["wrong"] });
    expect(counts(report, "leftOut")).toMatchObject({ models: 3, credentials: 1 });
    expect(report.leftOut.at(-1)?.what).toMatch(/LITELLM_SALT_KEY/);
  });
});

it("is refused by a database without LiteLLM's tables, and by none at all", async () => {
  const empty = await emptyOnServer();
  const source: ForeignDatabase = await openForeign(empty);
  await expect(source.tables("LiteLLM_")).resolves.toEqual([]);
  await source.close();
  await expect(openForeign(`${empty}_gone`)).rejects.toThrow(/does not exist/);
  await expect(openForeign("mysql://x")).rejects.toThrow(/--database-url names mysql/);
});

it("takes the name of a table as a name", async () => {
  const source = await openForeign(url);
  await expect(source.count('LiteLLM_Config"; drop table "LiteLLM_Config', 1)).rejects.toThrow();
  await source.close();
  const again = await openForeign(url);
  expect(await again.count("LiteLLM_Config", 5)).toBe(1);
  await again.close();
});
