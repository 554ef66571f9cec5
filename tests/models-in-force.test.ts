/** Models added by API serve calls at once here and soon on other instances; a team's own serve that team alone. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Config } from "../packages/gateway/src/config/config.ts";
import type { TestGateway } from "../packages/testkit/src/gateway.ts";
import { ask, type Kept, openKept, until } from "./kept-gateway.ts";

const WITHIN_MS = 2_000;
let kept: Kept;
let here: TestGateway;
let there: TestGateway;

beforeAll(async () => {
  kept = await openKept({ engine: "server", instances: 2, env: { LITELLM_SALT_KEY: "the salt of both" } });
  const [one, other] = kept.gateways;
  if (!one || !other) throw new Error("two were asked for");
  [here, there] = [one, other];
}, 60_000);
afterAll(() => kept.close());

const params = () => ({ model: "openai/gpt-4o", api_base: `${kept.upstream.url}/v1`, api_key: "sk-of-the-added-model" });
const add = async (model_name: string, model_info: object = {}): Promise<string> =>
  String((await kept.admin("/model/new", { model_name, litellm_params: params(), model_info }))["model_id"]);
const statusOf = async (gateway: TestGateway, key: string, model: string): Promise<number> => (await ask(gateway, key, { model })).status;
const namesFor = async (key: string, query = ""): Promise<string[]> => {
  const reply = await here.get(`/v1/models${query}`, { authorization: `Bearer ${key}` });
  return ((await reply.json()) as { data: { id: string }[] }).data.map(({ id }) => id);
};

it("an added model serves at once, a blocked or deleted one no more", async () => {
  const key = await kept.key();
  expect(await statusOf(here, key, "added")).toBe(400);
  const model_id = await add("added");
  expect(await statusOf(here, key, "added")).toBe(200);
  expect(kept.upstream.requests.at(-1)?.headers.authorization).toBe("Bearer sk-of-the-added-model");
  await until(async () => (await statusOf(there, key, "added")) === 200, "the other instance has it", WITHIN_MS);
  await kept.admin("/model/block", { model_id });
  expect(await statusOf(here, key, "added")).toBe(400);
  await until(async () => (await statusOf(there, key, "added")) === 400, "the other instance blocks it", WITHIN_MS);
  await kept.admin("/model/unblock", { model_id });
  expect(await statusOf(here, key, "added")).toBe(200);
  await kept.admin("/model/delete", { id: model_id });
  expect(await statusOf(here, key, "added")).toBe(400);
});

it("a SIGHUP keeps the models of the database", async () => {
  const key = await kept.key();
  const id = await add("stays");
  here.gateway.reload({ rows: [], credentials: new Map<string, never>() } as unknown as Config);
  expect(await statusOf(here, key, "stays")).toBe(200);
  expect(await statusOf(here, key, "coin")).toBe(400);
  await kept.admin("/model/delete", { id });
});

it("a key sees and asks what it may use, access groups too", async () => {
  const id = await add("grouped", { access_groups: ["beta"] });
  const key = await kept.key({ models: ["beta"] });
  expect(await namesFor(key)).toEqual(["grouped"]);
  expect(await namesFor(key, "?include_model_access_groups=true")).toEqual(["grouped", "beta"]);
  expect(await statusOf(there, key, "grouped")).toBe(200);
  const unseen = await there.get("/v1/models/gift", { authorization: `Bearer ${key}` });
  expect(unseen.status).toBe(404);
  await kept.admin("/model/update", { model_info: { id, access_groups: [] } });
  expect(await statusOf(here, key, "grouped")).toBe(403);
});

describe("a team's own model", () => {
  const inTeam = async (team_id: string, more: object = {}): Promise<string> => kept.key({ team_id, ...more });
  let id: string;
  beforeAll(async () => {
    await kept.admin("/team/new", { team_id: "t1", models: ["gift"] });
    await kept.admin("/team/new", { team_id: "t2" });
    id = await add("gift", { team_id: "t1" });
  });

  it("goes before another of the same name for its team, and for nobody else", async () => {
    const [mine, others] = [await inTeam("t1"), await inTeam("t2")];
    expect(await statusOf(here, mine, "gift")).toBe(200);
    expect(kept.upstream.requests.at(-1)?.headers.authorization).toBe("Bearer sk-of-the-added-model");
    expect(await statusOf(there, others, "gift")).toBe(200);
    expect(kept.upstream.requests.at(-1)?.headers.authorization).not.toBe("Bearer sk-of-the-added-model");
  });

  it("is found by no other name and no id", async () => {
    const others = await inTeam("t2");
    const free = await kept.key();
    for (const key of [others, free])
      for (const name of ["team:t1:gift", id]) {
        expect([name, await statusOf(here, key, name)]).toEqual([name, 400]);
        expect((await ask(here, key, { model: "nobody", fallbacks: [name] })).status).toBe(400);
      }
    const reply = await here.get(`/model/info?litellm_model_id=${id}`, { authorization: `Bearer ${others}` });
    expect(reply.status).toBe(404);
  });

  it("is shown under its public name", async () => {
    const mine = await inTeam("t1");
    expect(await namesFor(mine)).toEqual(["gift"]);
    const { data } = (await (await here.get("/model/info", { authorization: `Bearer ${mine}` })).json()) as {
      data: { model_name: string; model_info: { team_id?: string } }[];
    };
    expect(data.map(({ model_name, model_info }) => [model_name, model_info.team_id])).toContainEqual(["gift", "t1"]);
  });

  it("is kept from keys of the team that may use other models only", async () => {
    const narrow = await inTeam("t1", { models: ["coin"] });
    expect(await statusOf(here, narrow, "gift")).toBe(403);
  });
});
