/** A gateway whose embedded database was never needed: what goes without it, and that whoever needs it gets it. */

import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "tollgate/parts";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type OpenedDatabase, openDatabase } from "../packages/gateway/src/store/open-database.ts";
import { type FakeUpstream, startFakeUpstream } from "../packages/testkit/src/fake-upstream.ts";
import { MASTER_KEY, startGateway, type TestGateway } from "../packages/testkit/src/gateway.ts";
import { asAsked, ask, CALL_DOLLARS, models } from "./kept-gateway.ts";

const folder = mkdtempSync(join(tmpdir(), "tollgate-asleep-"));
const opened: (() => Promise<unknown>)[] = [];
let upstream: FakeUpstream;
let count = 0;

beforeAll(async () => {
  upstream = await startFakeUpstream([], asAsked);
});
afterEach(async () => {
  for (const close of opened.splice(0).reverse()) await close();
});
afterAll(async () => {
  await upstream.close();
  rmSync(folder, { recursive: true, force: true });
});

interface Running {
  readonly gateway: TestGateway;
  readonly database: OpenedDatabase;
  readonly made: () => boolean;
}

async function running(litellm: object = {}): Promise<Running> {
  count += 1;
  const dataDir = join(folder, String(count));
  const place = join(dataDir, "database");
  const log = { info: () => undefined, warn: () => undefined };
  const database = openDatabase({ folder: place, clock: systemClock, log, sleeps: true });
  opened.push(() => database.close());
  const config = {
    model_list: models,
    router_settings: { num_retries: 0, disable_cooldowns: true },
    general_settings: { data_dir: dataDir },
    litellm_settings: litellm,
  };
  const gateway = await startGateway({ upstream, database, config });
  opened.push(() => gateway.close());
  return { gateway, database, made: () => existsSync(place) };
}

describe("a gateway whose database sleeps", () => {
  it("lists models, says that it lives, and is closed without ever making one", async () => {
    const { gateway, database, made } = await running();
    expect((await gateway.get("/v1/models")).status).toBe(200);
    expect((await gateway.get("/health/liveliness")).status).toBe(200);
    expect(database.state).toBe("asleep");
    for (const close of opened.splice(0).reverse()) await close();
    expect(made()).toBe(false);
    expect(gateway.logged.filter(({ level }) => level === "error" || level === "warn")).toEqual([]);
  });

  it("answers the first admin call, and the key that it makes is good at once", async () => {
    const { gateway, database } = await running();
    const reply = await gateway.post("/key/generate", {});
    expect(reply.status).toBe(200);
    expect(database.state).toBe("connected");
    expect((await ask(gateway, ((await reply.json()) as { key: string }).key)).status).toBe(200);
  }, 30_000);

  it("refuses a key that nobody has as unknown, once it could look", async () => {
    const { gateway, database } = await running();
    expect((await ask(gateway, "sk-never-seen-before-000000")).status).toBe(401);
    expect(database.state).toBe("connected");
  }, 30_000);

  it("holds everybody to the gateway's budget from the first call on", async () => {
    const { gateway } = await running({ max_budget: 1.5 * CALL_DOLLARS });
    expect((await ask(gateway, MASTER_KEY)).status).toBe(200);
    expect((await ask(gateway, MASTER_KEY)).status).toBe(429);
  }, 30_000);

  it("lets it sleep while customers without limits are served with the master key", async () => {
    const { gateway, database } = await running();
    expect((await ask(gateway, MASTER_KEY, { user: "somebody", metadata: { tags: ["some"] } })).status).toBe(200);
    expect(database.state).toBe("asleep");
  });

  it("holds customers to the budget that all of them have from the first call on", async () => {
    const { gateway } = await running({ max_end_user_budget: 1.5 * CALL_DOLLARS });
    expect((await ask(gateway, MASTER_KEY, { user: "somebody" })).status).toBe(200);
    expect((await ask(gateway, MASTER_KEY, { user: "somebody" })).status).toBe(429);
    expect((await ask(gateway, MASTER_KEY, { user: "another" })).status).toBe(200);
  }, 30_000);
});
