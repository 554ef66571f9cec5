/** The database is away: what goes on without it, what waits for it, and what is said meanwhile. */

import { spawn } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { OpenedDatabase } from "../packages/gateway/src/store/open-database.ts";
import { type FakeUpstream, startFakeUpstream } from "../packages/testkit/src/fake-upstream.ts";
import { MASTER_KEY, startGateway, type TestGateway } from "../packages/testkit/src/gateway.ts";
import { onServer, openForTest } from "../packages/testkit/src/servers/fresh-database.ts";
import { POSTGRES_PASSWORD, startPostgres, type TestPostgres } from "../packages/testkit/src/servers/postgres-server.ts";
import { asAsked, ask, booksOf, CALL_NANO, models, until } from "./kept-gateway.ts";

let server: TestPostgres;
let upstream: FakeUpstream;
const folder = mkdtempSync(join(tmpdir(), "tollgate-away-"));
const opened: (() => Promise<unknown>)[] = [];
let count = 0;

beforeAll(async () => {
  [server, upstream] = await Promise.all([startPostgres(), startFakeUpstream([], asAsked)]);
}, 60_000);
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
  await server.start();
});
afterAll(async () => {
  await server.close();
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly gateway: TestGateway;
  readonly database: OpenedDatabase;
}

async function running(url: string, general: object = {}): Promise<Running> {
  count += 1;
  const database = openForTest({ url, folder: "" });
  opened.push(() => database.close());
  const config = {
    model_list: models,
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { data_dir: join(folder, String(count)), ...general },
  };
  const gateway = await startGateway({ upstream, database, config });
  opened.push(() => gateway.close());
  return { gateway, database };
}

async function newDatabase(): Promise<string> {
  const name = `away_${count}`;
  await onServer(server.urlOf("postgres"), (client) => client.query(`create database ${name}`));
  return server.urlOf(name);
}

async function keyOf(gateway: TestGateway, limits: object = {}): Promise<string> {
  const reply = await gateway.post("/key/generate", limits);
  if (!reply.ok) throw new Error(await reply.text());
  return ((await reply.json()) as { key: string }).key;
}

async function readiness(gateway: TestGateway): Promise<Record<string, unknown> & { readonly status: number }> {
  const reply = await gateway.get("/health/readiness");
  return { ...((await reply.json()) as object), status: reply.status };
}

const everythingSaid = ({ logged }: TestGateway): string => JSON.stringify(logged);

describe("a database that goes away", () => {
  it("leaves known keys served and their rows in the spool, and has each of them once when it is back", async () => {
    const { gateway, database } = await running(await newDatabase());
    await database.ready;
    const key = await keyOf(gateway, { max_budget: 1000, rpm_limit: 1000 });
    expect((await ask(gateway, key)).status).toBe(200);
    await server.kill();
    await until(() => database.state === "away", "the loss is noticed");

    for (let at = 0; at < 5; at += 1) expect((await ask(gateway, key)).status).toBe(200);
    expect((await ask(gateway, MASTER_KEY)).status).toBe(200);
    const unknown = await ask(gateway, "sk-never-seen-before-000000");
    expect(unknown.status).toBe(503);
    expect(unknown.text).not.toContain(POSTGRES_PASSWORD);
    expect((await gateway.post("/key/generate", {})).status).toBe(503);
    const told = await readiness(gateway);
    expect(told).toMatchObject({ status: 200, db: "Not connected" });
    expect(told["db_problem"]).toContain(`127.0.0.1:${server.port}`);
    expect(Number(told["spend_rows_waiting"])).toBeGreaterThanOrEqual(6);

    await server.start();
    await until(async () => (await readiness(gateway))["db"] === "connected", "it is back");
    await until(async () => (await readiness(gateway))["spend_rows_waiting"] === 0, "the spool is empty");
    const books = await booksOf(database);
    expect(books.calls.filter(({ status }) => status === "success")).toHaveLength(7);
    expect(new Set(books.calls.map(({ call_id }) => call_id)).size).toBe(books.calls.length);
    expect(books.dailyNano).toBe(7 * CALL_NANO);
    expect(everythingSaid(gateway)).not.toContain(POSTGRES_PASSWORD);
  });

  it("lets strangers in where allow_requests_on_db_unavailable says so, but never to the admin API", async () => {
    const { gateway, database } = await running(await newDatabase(), { allow_requests_on_db_unavailable: true });
    await database.ready;
    await server.kill();
    await until(() => database.state === "away", "the loss is noticed");
    expect((await ask(gateway, "sk-never-seen-before-000000")).status).toBe(200);
    expect((await gateway.post("/key/generate", {}, { authorization: "Bearer sk-never-seen-before-000000" })).status).toBe(403);
    await server.start();
    await until(() => database.state === "connected", "it is back");
    await until(async () => (await ask(gateway, "sk-never-seen-before-000000")).status === 401, "strangers stay outside again");
  });
});

describe("a start without the database", () => {
  it("serves the master key, says where the database should be, and takes keys when it comes", async () => {
    const url = await newDatabase();
    await server.kill();
    const { gateway, database } = await running(url);
    await until(() => database.state === "away", "it cannot be reached");
    expect((await ask(gateway, MASTER_KEY)).status).toBe(200);
    expect((await ask(gateway, "sk-never-seen-before-000000")).status).toBe(503);
    const told = await readiness(gateway);
    expect(told["status"]).not.toBe("connected");
    expect(told["db"]).toBe("Not connected");
    expect(String(told["db_problem"])).toContain(`127.0.0.1:${server.port}`);
    await server.start();
    await until(() => database.state === "connected", "it is there", 20_000);
    expect((await ask(gateway, await keyOf(gateway))).status).toBe(200);
    await until(async () => (await readiness(gateway))["spend_rows_waiting"] === 0, "the spool is empty");
    expect((await booksOf(database)).calls.filter(({ status }) => status === "success")).toHaveLength(2);
  });

  it("never prints a password, not even a wrong one", async () => {
    const wrong = "wrong-pass-word-of-nobody";
    const { gateway, database } = await running(server.urlOf("postgres").replace(POSTGRES_PASSWORD, wrong));
    await until(() => database.state === "away", "it is refused");
    const told =
      JSON.stringify(await readiness(gateway)) + (await ask(gateway, "sk-never-seen-before-000000")).text + everythingSaid(gateway);
    expect(told).toMatch(/password/i);
    expect(told).not.toContain(wrong);
  });
});

describe("a second gateway on the folder of an embedded database", () => {
  const bin = fileURLToPath(new URL("../packages/gateway/bin/tollgate.js", import.meta.url));

  it("ends with 1: says who holds it, and that several gateways want PostgreSQL", async () => {
    if (!existsSync(fileURLToPath(new URL("../packages/gateway/dist/main.js", import.meta.url))))
      throw new Error("The command is not built. Run: npm run build");
    const args = [bin, "--model", "openai/m", "--port", "0", "--data", join(folder, "held")];
    const start = () => spawn(process.execPath, args, { cwd: folder, env: { PATH: process.env["PATH"] } });
    const first = start();
    try {
      let said = "";
      first.stdout.on("data", (part: Buffer) => {
        said += part;
      });
      await until(() => said.includes("Try it:"), "the first one is up", 20_000);
      const second = start();
      let complaint = "";
      second.stderr.on("data", (part: Buffer) => {
        complaint += part;
      });
      const [code] = await once(second, "close");
      expect(code).toBe(1);
      expect(complaint).toContain("in use");
      expect(complaint).toContain(String(first.pid));
      expect(complaint).toContain("PostgreSQL");
    } finally {
      first.kill("SIGKILL");
    }
  });
});
