/** Budgets on the whole gateway: calls that arrive at once never spend more than there is, and all that there is can be spent. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { OpenedDatabase } from "../packages/gateway/src/store/open-database.ts";
import { MASTER_KEY } from "../packages/testkit/src/gateway.ts";
import { sharedRedis } from "../packages/testkit/src/servers/ask-server.ts";
import { chatChunk, event } from "../packages/testkit/src/wire-samples.ts";
import { ask, CALL_DOLLARS, CALL_NANO, type Kept, type KeptOptions, openKept, replyOf, TOKENS, tally, until } from "./kept-gateway.ts";

const stages: readonly (readonly [name: string, options: () => Promise<KeptOptions>])[] = [
  ["embedded database", async () => ({ engine: "embedded" })],
  ["PostgreSQL and Redis", async () => ({ engine: "server", env: { REDIS_URL: await sharedRedis() } })],
  ["PostgreSQL, two instances", async () => ({ engine: "server", instances: 2 })],
  ["PostgreSQL, two instances and Redis", async () => ({ engine: "server", instances: 2, env: { REDIS_URL: await sharedRedis() } })],
];

describe.each(stages)("a burst of 200 calls against a budget of ten: %s", (_, options) => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await openKept(await options());
  }, 60_000);
  afterAll(() => kept.close());

  it("lets in exactly ten, and spends exactly that", async () => {
    const key = await kept.key({ max_budget: 10 * CALL_DOLLARS, rpm_limit: 100_000 });
    expect(tally(await kept.burst(key, 200))).toEqual({ 200: 10, 429: 190 });
    const books = await kept.books();
    expect(books.calls.filter(({ status }) => status === "success")).toHaveLength(10);
    expect(books.calls).toHaveLength(200);
    expect(books.dailyNano).toBe(10 * CALL_NANO);
    expect(books.dailyRequests).toBe(200);
  });

  it("lets in exactly ten where more is reserved than is used", async () => {
    const key = await kept.key({ max_budget: 10 * CALL_DOLLARS });
    // Six of ten are let in at once at most; the rest wait for what these give back.
    const asked = { max_tokens: 1.6 * TOKENS, messages: [{ role: "user", content: `Use ${TOKENS} tokens` }] };
    expect(tally(await kept.burst(key, 60, asked))).toEqual({ 200: 10, 429: 50 });
  });
});

describe("whose budget it is", () => {
  let kept: Kept;
  let key: string;
  beforeAll(async () => {
    kept = await openKept({ engine: "embedded" });
    await seed(kept.database);
    key = await kept.key({
      user_id: "u1",
      team_id: "t1",
      key_alias: "ci",
      max_budget: 9 * CALL_DOLLARS,
      model_max_budget: { words: { max_budget: 2.3 * CALL_DOLLARS } },
    });
  }, 60_000);
  afterAll(() => kept.close());

  /** So many calls of the smallest budget; everybody else has more. */
  async function spendsOnly(calls: number, of: string, body: object = {}): Promise<void> {
    const before = new Set((await kept.books()).calls.map(({ call_id }) => call_id));
    const answers = await kept.burst(key, 12, { ...body });
    expect(tally(answers)).toEqual({ 200: calls, 429: 12 - calls });
    const refused = answers.find(({ status }) => status === 429);
    expect(refused?.error).toMatchObject({ type: "budget_exceeded", code: "429" });
    expect(refused?.error?.message).toMatch(/budget/i);
    expect(refused?.error?.message).toContain(of);
    expect(refused?.headers.get("x-should-retry")).toBe("false");
    const added = (await kept.books()).calls.filter(({ call_id }) => !before.has(call_id));
    expect(added).toHaveLength(12);
    expect(added.reduce((sum, { spend_nano }) => sum + spend_nano, 0)).toBe(calls * CALL_NANO);
  }

  /** The named one gets a budget for so many more calls than it has spent; all others keep theirs. */
  async function tighten(
    table: "users" | "teams" | "organizations" | "team_members",
    meter: string,
    calls: number,
    undo = false,
  ): Promise<void> {
    const spent = (await kept.books()).spent.get(`${meter}|total|0`) ?? 0;
    const settings = JSON.stringify(undo ? {} : { max_budget: spent / 1e9 + calls * CALL_DOLLARS });
    await kept.database.sql.updateTable(table).set({ settings }).execute();
    for (const { gateway } of kept.gateways) gateway.keeping?.principals.forget("*");
  }

  it.each([
    ["users", "user:u1", "user 'u1'"],
    ["teams", "team:t1", "team 't1'"],
    ["organizations", "organization:o1", "organization 'the org'"],
    ["team_members", "member:t1/u1", "team member 't1/u1'"],
  ] as const)("is that of %s where theirs is the tightest", async (table, meter, name) => {
    await tighten(table, meter, 1);
    await spendsOnly(1, name);
    await tighten(table, meter, 0, true);
  });

  it("is the customer's, by header and by `user`", async () => {
    await spendsOnly(1, "customer 'c1'", { user: "c1" });
    const named = await ask(first(kept), key, {}, { "x-litellm-customer-id": "c1" });
    expect(named.status).toBe(429);
  });

  it("is a tag's", () => spendsOnly(1, "tag 'night'", { metadata: { tags: ["night"] } }));

  it("is the key's for one model", async () => {
    const answers = await kept.burst(key, 8, { model: "words" });
    expect(tally(answers)).toEqual({ 200: 2, 429: 6 });
    expect(answers.find(({ status }) => status === 429)?.error?.message).toContain("for model 'words'");
    expect((await kept.call(key)).status).toBe(200);
  });

  it("is never asked for what costs nothing", async () => {
    const poor = await kept.key({ max_budget: CALL_DOLLARS });
    expect((await kept.call(poor)).status).toBe(200);
    expect((await kept.call(poor)).status).toBe(429);
    expect(tally(await kept.burst(poor, 5, { model: "gift" }))).toEqual({ 200: 5 });
  });
});

const first = (kept: Kept) => {
  const [gateway] = kept.gateways;
  if (!gateway) throw new Error("no gateway");
  return gateway;
};

/** Wide budgets for everybody, so that one of them is the tightest when it is made so. */
async function seed({ sql }: OpenedDatabase): Promise<void> {
  const settings = "{}";
  await sql.insertInto("organizations").values({ organization_id: "o1", organization_alias: "the org", settings }).execute();
  await sql.insertInto("users").values({ user_id: "u1", user_role: "internal_user", settings }).execute();
  await sql.insertInto("teams").values({ team_id: "t1", organization_id: "o1", settings }).execute();
  await sql.insertInto("team_members").values({ team_id: "t1", user_id: "u1", role: "user", settings }).execute();
  const one = JSON.stringify({ max_budget: CALL_DOLLARS });
  await sql.insertInto("customers").values({ user_id: "c1", settings: one }).execute();
  await sql.insertInto("tags").values({ tag_name: "night", settings: one }).execute();
}

describe("the whole gateway's budget", () => {
  it("holds for all keys together, and for the master key", async () => {
    const kept = await openKept({ engine: "server", litellm: { max_budget: 3 * CALL_DOLLARS } });
    try {
      const keys = await Promise.all([kept.key(), kept.key()]);
      const answers = await Promise.all(Array.from({ length: 12 }, (_, at) => kept.call(keys[at % 2] ?? "")));
      expect(tally(answers)).toEqual({ 200: 3, 429: 9 });
      expect((await kept.call(MASTER_KEY)).status).toBe(429);
    } finally {
      await kept.close();
    }
  });
});

describe("the edge of a budget", () => {
  it.each([
    ["shorten", { budget_edge: "shorten" }, 200, 150],
    ["refuse", { budget_edge: "refuse" }, 429, 0],
    ["overrun", { budget_edge: "overrun" }, 200, 1000],
  ] as const)("%s", async (_, general, status, tokens) => {
    const kept = await openKept({ engine: "server", general });
    try {
      const key = await kept.key({ max_budget: 1.5 * CALL_DOLLARS });
      // The most that it can cost is more than there is: 1000 tokens for what pays 150.
      const answer = await kept.call(key, { max_tokens: 1000 });
      expect(answer.status).toBe(status);
      expect(answer.headers.get("x-tollgate-output-limit")).toBe(tokens === 150 ? "150" : null);
      expect((await kept.books()).dailyNano).toBe(tokens * 1e6);
      if (status === 200) expect((await kept.call(key)).status).toBe(429);
    } finally {
      await kept.close();
    }
  });

  it("refuses what would be cut below 64 tokens, and lets a model with the longest answers of all spend a small budget", async () => {
    const kept = await openKept({ engine: "server", general: { budget_exceeded_status: 400 } });
    try {
      const key = await kept.key({ max_budget: 0.163 });
      const long = await kept.call(key, { max_tokens: undefined, messages: [{ role: "user", content: "Hi" }] });
      expect(long.status).toBe(200);
      expect(Number(long.headers.get("x-tollgate-output-limit"))).toBe(163);
      const spare = await kept.key({ max_budget: 0.163 });
      expect((await kept.call(spare)).status).toBe(200);
      const refused = await kept.call(spare);
      expect(refused.status).toBe(400);
      expect(refused.error?.type).toBe("budget_exceeded");
    } finally {
      await kept.close();
    }
  });
});

describe("what is charged", () => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await openKept({ engine: "server" });
  }, 60_000);
  afterAll(() => kept.close());

  it("is nothing for a call that failed, and its room is there again", async () => {
    const key = await kept.key({ max_budget: CALL_DOLLARS });
    kept.upstream.script({ status: 500, json: { error: { message: "broken" } } });
    expect((await kept.call(key)).status).toBe(500);
    expect((await kept.call(key)).status).toBe(200);
    expect((await kept.call(key)).status).toBe(429);
  });

  it("is what came of a stream that the client left", async () => {
    const key = await kept.key({ max_budget: 3 * CALL_DOLLARS });
    const pieces = Array.from({ length: 200 }, (_, at) => event(chatChunk({ content: `word${at} ` })));
    kept.upstream.script({ pieces: pieces.flatMap((piece) => [piece, 10]) });
    const leaving = new AbortController();
    const reply = await first(kept).post(
      "/v1/chat/completions",
      { model: "coin", max_tokens: 300, stream: true, messages: [{ role: "user", content: "Count" }] },
      { authorization: `Bearer ${key}` },
      leaving.signal,
    );
    const reader = reply.body?.getReader();
    for (let at = 0; at < 10; at += 1) await reader?.read();
    leaving.abort();
    await until(async () => (await kept.books()).calls.some(({ status }) => status === "aborted"), "a row for the stream");
    const row = (await kept.books()).calls.find(({ status }) => status === "aborted");
    expect(row?.spend_nano).toBeGreaterThan(5e6);
    expect(row?.spend_nano).toBeLessThan(200e6);
    // The rest can be spent, and no more than that.
    expect((await kept.burst(key, 4)).filter(({ status }) => status === 200).length).toBeGreaterThanOrEqual(2);
    const rows = (await kept.books()).calls.filter(({ status }) => status !== "failure");
    expect(rows.reduce((sum, { spend_nano }) => sum + spend_nano, 0)).toBeLessThanOrEqual(4 * CALL_NANO);
  });

  it("stands in the reply's headers, this call included", async () => {
    const key = await kept.key({ max_budget: 5 * CALL_DOLLARS });
    const one = await kept.call(key);
    expect(one.headers.get("x-litellm-response-cost")).toBe(String(CALL_DOLLARS));
    expect(one.headers.get("x-litellm-key-spend")).toBe(String(CALL_DOLLARS));
    expect(one.headers.get("x-litellm-key-max-budget")).toBe("0.5");
    expect((await kept.call(key)).headers.get("x-litellm-key-spend")).toBe(String(2 * CALL_DOLLARS));
  });

  it("may be more than was reserved, where the provider says so; then the budget is closed", async () => {
    const key = await kept.key({ max_budget: 2 * CALL_DOLLARS });
    kept.upstream.script({ json: replyOf(3 * TOKENS) });
    expect((await kept.call(key)).status).toBe(200);
    expect((await kept.call(key)).status).toBe(429);
  });
});
