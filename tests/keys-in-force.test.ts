/** A key that is blocked, changed or deleted is out of force at once here, and within two seconds on other instances. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TestGateway } from "../packages/testkit/src/gateway.ts";
import { ask, type Kept, openKept, until } from "./kept-gateway.ts";

let kept: Kept;
let here: TestGateway;
let there: TestGateway;

beforeAll(async () => {
  kept = await openKept({ engine: "server", instances: 2 });
  const [one, other] = kept.gateways;
  if (!one || !other) throw new Error("two were asked for");
  [here, there] = [one, other];
}, 60_000);
afterAll(() => kept.close());

const WITHIN_MS = 2_000;

interface Change {
  readonly what: string;
  readonly limits?: object;
  readonly change: (key: string) => Promise<unknown>;
  readonly status: number;
  readonly body?: object;
}

const changes: readonly Change[] = [
  { what: "blocked", change: (key) => kept.admin("/key/block", { key }), status: 403 },
  { what: "deleted", change: (key) => kept.admin("/key/delete", { keys: [key] }), status: 401 },
  { what: "taken its model", change: (key) => kept.admin("/key/update", { key, models: ["gift"] }), status: 403 },
  { what: "given a limit of nothing", change: (key) => kept.admin("/key/update", { key, rpm_limit: 0 }), status: 429 },
  { what: "given a budget of nothing", change: (key) => kept.admin("/key/update", { key, max_budget: 0 }), status: 429 },
  { what: "rotated", change: (key) => kept.admin(`/key/${key}/regenerate`, {}), status: 401 },
];

describe.each(changes)("a key that is $what", ({ change, status, limits = {} }) => {
  it("is out of force at once here, and soon elsewhere", async () => {
    const key = await kept.key(limits as Record<string, unknown>);
    for (const gateway of [here, there]) expect((await ask(gateway, key)).status).toBe(200);
    await change(key);
    expect((await ask(here, key)).status).toBe(status);
    await until(async () => (await ask(there, key)).status === status, "the other instance knows", WITHIN_MS);
  });
});

it("is in force again when it is unblocked", async () => {
  const key = await kept.key();
  await kept.admin("/key/block", { key });
  await until(async () => (await ask(there, key)).status === 403, "the block is known there", WITHIN_MS);
  await kept.admin("/key/unblock", { key });
  expect((await ask(here, key)).status).toBe(200);
  await until(async () => (await ask(there, key)).status === 200, "the other instance knows", WITHIN_MS);
});

it("is known elsewhere as soon as it is made, also to who asked for it too early", async () => {
  const early = "sk-made-a-little-later-0001";
  expect((await ask(there, early)).status).toBe(401);
  await kept.key({ key: early });
  await until(async () => (await ask(there, early)).status === 200, "the other instance knows", WITHIN_MS);
});

it("is out of force when its team is blocked, whoever blocked it", async () => {
  await kept.database.sql.insertInto("teams").values({ team_id: "t9", settings: "{}" }).execute();
  const key = await kept.key({ team_id: "t9" });
  for (const gateway of [here, there]) expect((await ask(gateway, key)).status).toBe(200);
  await kept.admin("/team/block", { team_id: "t9" });
  expect((await ask(here, key)).status).toBeGreaterThanOrEqual(401);
  await until(async () => (await ask(there, key)).status !== 200, "the other instance knows", WITHIN_MS);
});
