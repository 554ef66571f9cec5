/** What LiteLLM's users type: its documented calls for keys, people, money and spend, over HTTP, with its names and status codes. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { MASTER_KEY, type TestGateway } from "../packages/testkit/src/gateway.ts";
import { type Body, type Call, callTo } from "./call-to.ts";
import { type Answer, ask, CALL_DOLLARS, type Kept, openKept, until } from "./kept-gateway.ts";

let kept: Kept;
let gateway: TestGateway;

beforeAll(async () => {
  kept = await openKept({ engine: "embedded", general: { proxy_batch_write_at: 1 } });
  const [first] = kept.gateways;
  if (!first) throw new Error("one was asked for");
  gateway = first;
}, 60_000);
afterAll(() => kept.close());

const call: Call = (what, body, key) => callTo(gateway, what, body, key);
const statusOf = async (what: string, body?: unknown, key?: string): Promise<number> => (await call(what, body, key)).status;
const listOf = async (what: string, key?: string): Promise<readonly Body[]> => (await call(what, undefined, key)).body as unknown as Body[];
const namesFor = async (key: string): Promise<readonly unknown[]> =>
  ((await call("GET /v1/models", undefined, key)).body["data"] as Body[]).map(({ id }) => id);
const infoOf = async (key: string): Promise<Body> => (await call(`GET /key/info?key=${key}`)).body["info"] as Body;

describe("a key", () => {
  it("is made with its team, owner, budget, tags, aliases and limits, and tells them of itself", async () => {
    await kept.admin("/team/new", { team_id: "crew", models: ["coin", "gift"], model_aliases: { cheap: "gift" } });
    await kept.admin("/user/new", { user_id: "kim", auto_create_key: false });
    await kept.admin("/budget/new", { budget_id: "shared", max_budget: 10, rpm_limit: 50 });
    const { body } = await call("POST /key/generate", {
      key_alias: "kims",
      team_id: "crew",
      user_id: "kim",
      budget_id: "shared",
      duration: "20m",
      tags: ["paid"],
      aliases: { mini: "coin" },
      model_rpm_limit: { coin: 5 },
      metadata: { note: "mine" },
    });
    const key = String(body["key"]);
    expect(key).toMatch(/^sk-[\w-]{22}$/);
    expect(body).toMatchObject({ token_id: body["token"], user_id: "kim", team_id: "crew", metadata: { note: "mine" }, spend: 0 });
    const self = (await call("GET /key/info", undefined, key)).body;
    expect(self["info"]).toMatchObject({ key_alias: "kims", budget_id: "shared", litellm_budget_table: { max_budget: 10, rpm_limit: 50 } });
    expect(await namesFor(key)).toEqual(expect.arrayContaining(["coin", "gift", "cheap", "mini"]));
    const answers = [await ask(gateway, key, { model: "mini" }), await ask(gateway, key, { model: "cheap" })];
    expect(answers.map(({ status, text }) => [status, (JSON.parse(text) as Body)["model"]])).toEqual([
      [200, "mini"],
      [200, "cheap"],
    ]);
    expect(Object.fromEntries(answers[0]?.headers ?? [])).toMatchObject({
      "x-litellm-key-max-budget": "10",
      "x-litellm-key-rpm-limit": "50",
      "x-litellm-key-spend": String(CALL_DOLLARS),
      "x-ratelimit-limit-requests": "5",
      "x-ratelimit-remaining-requests": "4",
    });
    expect((await ask(gateway, key, { model: "words" })).status).toBe(403);
  });

  it("is named by itself, its hash or its alias, and ends", async () => {
    const { body } = await call("POST /key/generate", { key_alias: "short-lived", max_budget: 3 });
    for (const name of [body["key"], body["token"]]) expect(await statusOf(`GET /key/info?key=${name}`)).toBe(200);
    expect(await statusOf("POST /key/update", { key: body["token"], max_budget: null })).toBe(200);
    expect(await infoOf(String(body["key"]))).toMatchObject({ max_budget: null });
    expect(await statusOf("POST /key/delete", { key_aliases: ["short-lived"] })).toBe(200);
    expect(await statusOf(`GET /key/info?key=${body["token"]}`)).toBe(404);
    expect(await statusOf("POST /key/generate", { key_alias: "short-lived" })).toBe(200);
  });

  it("has its alias alone, also when many ask at once", async () => {
    const all = await Promise.all(Array.from({ length: 8 }, () => call("POST /key/generate", { key_alias: "wanted" })));
    expect(all.map(({ status }) => status).sort()).toEqual([200, ...Array<number>(7).fill(409)]);
    const refused = all.find(({ status }) => status === 409);
    expect(refused?.body.error?.message).toContain("alias");
  });

  it("works on under its old name until the grace is over, and no longer", async () => {
    const old = await kept.key();
    const { body } = await call(`POST /key/${old}/regenerate`, { grace_period: "2s" });
    expect((await ask(gateway, old, { model: "gift" })).status).toBe(200);
    await until(async () => (await ask(gateway, old, { model: "gift" })).status === 401, "the grace is over", 4_000);
    expect((await ask(gateway, String(body["key"]), { model: "gift" })).status).toBe(200);
  });

  it("may spend more for a while, and then no more", async () => {
    const key = await kept.key({ max_budget: CALL_DOLLARS });
    expect((await ask(gateway, key)).status).toBe(200);
    expect((await ask(gateway, key)).status).toBe(429);
    await kept.admin("/key/update", { key, temp_budget_increase: 100, temp_budget_expiry: "1s" });
    expect((await ask(gateway, key)).status).toBe(200);
    await until(async () => (await ask(gateway, key)).status === 429, "the raise is over", 4_000);
  });

  it.each([
    ["models nobody", { models: ["no-default-models"] }, 403],
    ["all models", { models: ["all-proxy-models"] }, 200],
    ["a wildcard", { models: ["co*"] }, 200],
    ["another wildcard", { models: ["openai/*"] }, 403],
    ["reading alone", { key_type: "read_only" }, 403],
    ["asking models alone", { key_type: "llm_api" }, 200],
    ["managing alone", { key_type: "management" }, 403],
  ])("with %s", async (_, given, status) => {
    expect((await ask(gateway, await kept.key(given))).status).toBe(status);
  });

  it("knows nothing of others and nothing of administration", async () => {
    const [mine, other] = [await kept.key(), await kept.key()];
    const { token } = await infoOf(other);
    expect([403, 404]).toContain(await statusOf(`GET /key/info?key=${token}`, undefined, mine));
    expect([403, 404]).toContain(await statusOf("POST /key/delete", { keys: [token] }, mine));
    for (const path of ["/user/list", "/global/spend", "/spend/keys"]) expect(await statusOf(`GET ${path}`, undefined, mine)).toBe(403);
    expect(await statusOf("POST /user/new", {}, mine)).toBe(403);
  });
});

describe("people", () => {
  it("a user is made with a key, found by a part of the mail address, and takes the key along", async () => {
    const made = await kept.admin("/user/new", { user_id: "lee", user_email: "Lee.Long@example.com" });
    expect((await ask(gateway, String(made["key"]), { model: "gift" })).status).toBe(200);
    const { body } = await call("GET /user/list?user_email=long@");
    expect(body).toMatchObject({ users: [{ user_id: "lee" }], total: 1, page: 1 });
    expect((await call("GET /user/info?user_id=lee")).body).toMatchObject({ user_id: "lee", keys: [{ user_id: "lee" }], teams: [] });
    expect([await statusOf("POST /user/new", { user_id: "lee" }), await statusOf("GET /user/info?user_id=nobody")]).toEqual([409, 404]);
    expect(await statusOf("POST /user/delete", { user_ids: ["lee"] })).toBe(200);
    expect((await ask(gateway, String(made["key"]))).status).toBe(401);
    expect(await statusOf("POST /user/delete", { user_ids: ["lee"] })).toBe(404);
  });

  it("a team takes members in and lets them go, is blocked, and ends with its keys", async () => {
    await kept.admin("/team/new", { team_id: "squad", members_with_roles: [{ role: "admin", user_id: "ann" }] });
    await kept.admin("/team/member_add", { team_id: "squad", member: { role: "user", user_id: "bo" }, max_budget_in_team: 1 });
    const { body } = await call("GET /team/info?team_id=squad");
    expect(body).toMatchObject({ team_id: "squad", team_info: { team_id: "squad" }, keys: [] });
    expect((body["team_memberships"] as Body[]).map(({ user_id }) => user_id).sort()).toEqual(["ann", "bo"]);
    expect(await statusOf("POST /team/member_delete", { team_id: "squad", user_id: "bo" })).toBe(200);
    expect(await statusOf("POST /team/member_delete", { team_id: "squad", user_id: "bo" })).toBe(404);
    const key = await kept.key({ team_id: "squad" });
    await kept.admin("/team/block", { team_id: "squad" });
    expect((await ask(gateway, key)).error?.message).toContain("block");
    await kept.admin("/team/unblock", { team_id: "squad" });
    expect((await ask(gateway, key, { model: "gift" })).status).toBe(200);
    expect(await statusOf("POST /team/delete", { team_ids: ["squad"] })).toBe(200);
    expect((await ask(gateway, key)).status).toBe(401);
  });

  it("customers, budgets, organizations and teams are plain lists, and end by their names", async () => {
    await kept.admin("/customer/new", { user_id: "shop", max_budget: 1 });
    await kept.admin("/budget/new", { budget_id: "b-list", max_budget: 1 });
    const { organization_id } = await kept.admin("/organization/new", { organization_alias: "Works" });
    for (const path of ["/customer/list", "/end_user/list", "/budget/list", "/organization/list", "/team/list"])
      expect((await listOf(`GET ${path}`)).length, path).toBeGreaterThan(0);
    expect((await call("GET /customer/info?end_user_id=shop")).body).toMatchObject({ user_id: "shop", blocked: false, spend: 0 });
    await kept.admin("/customer/block", { user_ids: ["shop"] });
    expect((await ask(gateway, await kept.key(), { user: "shop" })).status).toBe(403);
    await kept.admin("/customer/unblock", { user_ids: ["shop"] });
    expect(await statusOf("PATCH /organization/update", { organization_id, max_budget: 5 })).toBe(200);
    const ends: readonly [string, object][] = [
      ["POST /customer/delete", { user_ids: ["shop"] }],
      ["POST /budget/delete", { id: "b-list" }],
      ["DELETE /organization/delete", { organization_ids: [organization_id] }],
    ];
    for (const [what, body] of ends) expect([await statusOf(what, body), await statusOf(what, body)], what).toEqual([200, 404]);
  });
});

describe("a budget", () => {
  const budgets: readonly [string, () => Promise<{ key: string; body?: Body }>][] = [
    ["a key", async () => ({ key: await kept.key({ max_budget: CALL_DOLLARS }) })],
    [
      "a key for one model",
      async () => ({ key: await kept.key({ model_max_budget: { coin: { budget_limit: CALL_DOLLARS, time_period: "1d" } } }) }),
    ],
    ["a user", async () => ({ key: String((await kept.admin("/user/new", { max_budget: CALL_DOLLARS }))["key"]) })],
    [
      "an administrator's own key",
      async () => {
        await kept.admin("/user/new", { user_id: "boss", user_role: "proxy_admin", auto_create_key: false });
        return { key: await kept.key({ user_id: "boss", max_budget: CALL_DOLLARS }) };
      },
    ],
    [
      "a team",
      async () => {
        const { team_id } = await kept.admin("/team/new", { max_budget: CALL_DOLLARS });
        return { key: await kept.key({ team_id }) };
      },
    ],
    [
      "an organization",
      async () => {
        const { organization_id } = await kept.admin("/organization/new", { organization_alias: "Poor", max_budget: CALL_DOLLARS });
        const { team_id } = await kept.admin("/team/new", { organization_id });
        return { key: await kept.key({ team_id }) };
      },
    ],
    [
      "a customer that the master key asks for",
      async () => {
        await kept.admin("/customer/new", { user_id: "ishaan", max_budget: CALL_DOLLARS });
        return { key: MASTER_KEY, body: { user: "ishaan" } };
      },
    ],
    [
      "a tag",
      async () => {
        await kept.admin("/tag/new", { name: "trial", max_budget: CALL_DOLLARS });
        return { key: await kept.key({ metadata: { allow_client_tags: true } }), body: { metadata: { tags: ["trial"] } } };
      },
    ],
  ];

  it.each(budgets)("of %s is refused when it is spent, so that no client tries again", async (_, make) => {
    const { key, body = {} } = await make();
    const answers: Answer[] = [await ask(gateway, key, body), await ask(gateway, key, body)];
    expect(answers.map(({ status }) => status)).toEqual([200, 429]);
    expect(answers[1]?.error).toMatchObject({ type: "budget_exceeded", code: "429", message: expect.stringMatching(/budget/i) });
    expect(answers[1]?.headers.get("x-should-retry")).toBe("false");
  });
});

it("the limits of a budget stand on every level, and are changed there", async () => {
  const limits = { rpm_limit: 10, tpm_limit: 1_000, tpd_limit: 9_000, max_parallel_requests: 0 };
  await kept.admin("/team/new", { team_id: "limited", ...limits });
  await kept.admin("/customer/new", { user_id: "limited" });
  await kept.admin("/customer/update", { user_id: "limited", ...limits });
  await kept.admin("/user/new", { user_id: "limited", auto_create_key: false, ...limits });
  const calls: readonly [string, Body][] = [
    [await kept.key({ team_id: "limited" }), {}],
    [await kept.key(), { user: "limited" }],
    [await kept.key({ user_id: "limited" }), {}],
  ];
  for (const [key, body] of calls) expect((await ask(gateway, key, body)).headers.get("rate_limit_type")).toBe("parallel");
});

it("a rate limit says which, how much, and when to come again", async () => {
  const key = await kept.key({ rpm_limit: 1 });
  const [first, second] = [await ask(gateway, key), await ask(gateway, key)];
  expect([first.headers.get("x-ratelimit-limit-requests"), first.headers.get("x-ratelimit-remaining-requests")]).toEqual(["1", "0"]);
  expect([second.status, second.headers.get("rate_limit_type")]).toEqual([429, "requests"]);
  expect(Number(second.headers.get("retry-after"))).toBeLessThanOrEqual(61);
  expect(second.error?.message).toMatch(/limit: 1\b/);
});

describe("spend", () => {
  const day = new Date().toISOString().slice(0, 10);

  it("is told by call, key, tag and day, failures too", async () => {
    const { body } = await call("POST /key/generate", { key_alias: "spender" });
    const key = String(body["key"]);
    const answer = await ask(gateway, key, { user: "first-time", metadata: { tags: ["of-body"] } }, { "x-litellm-tags": "of-head, other" });
    kept.upstream.script({ status: 500, json: { error: { message: "broken", type: "server_error" } } });
    expect((await ask(gateway, key)).status).toBe(500);
    await kept.books();
    const rows = await listOf(`GET /spend/logs?api_key=${body["token"]}&summarize=false`);
    const good = rows.find(({ status }) => status === "success");
    expect(good).toMatchObject({ spend: CALL_DOLLARS, model_group: "coin", end_user: "first-time" });
    expect(good?.["request_tags"]).toEqual(expect.arrayContaining(["of-body", "of-head", "other"]));
    const callId = answer.headers.get("x-litellm-call-id");
    expect(await listOf(`GET /spend/logs?request_id=${callId}`)).toMatchObject([{ request_id: good?.["request_id"] }]);
    expect(await infoOf(key)).toMatchObject({ spend: CALL_DOLLARS });
    expect((await call("GET /customer/info?end_user_id=first-time")).body).toMatchObject({ spend: CALL_DOLLARS });
    expect(await listOf("GET /spend/tags")).toContainEqual({ individual_request_tag: "of-head", log_count: 1, total_spend: CALL_DOLLARS });
    const total = (await call("GET /global/spend")).body["spend"];
    expect(total).toBeGreaterThanOrEqual(CALL_DOLLARS);
    const daily = (await call(`GET /user/daily/activity?start_date=${day}&end_date=${day}&api_key=${body["token"]}`)).body;
    expect(daily["metadata"]).toMatchObject({
      total_spend: CALL_DOLLARS,
      total_successful_requests: 1,
      total_failed_requests: 1,
      total_api_requests: 2,
    });
  });

  it("is calculated beforehand", async () => {
    const reply = await call("POST /spend/calculate", { model: "gpt-4o", messages: [{ role: "user", content: "Hey, how's it going?" }] });
    expect(reply.body["cost"]).toBeGreaterThan(0);
    expect(await statusOf("POST /spend/calculate", {})).toBe(400);
  });
});
