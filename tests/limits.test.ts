/** Rate limits on the whole gateway: a burst lets in exactly the limit, and who is refused learns which one it was. */

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { UpstreamStep } from "../packages/testkit/src/fake-upstream.ts";
import { MASTER_KEY } from "../packages/testkit/src/gateway.ts";
import { sharedRedis } from "../packages/testkit/src/servers/ask-server.ts";
import { type Answer, type Kept, type KeptOptions, openKept, replyOf, tally, until } from "./kept-gateway.ts";

let answers: UpstreamStep = { json: replyOf(1) };
const stages: readonly (readonly [name: string, options: () => Promise<Partial<KeptOptions>>])[] = [
  ["counters in memory", async () => ({})],
  ["two instances with Redis", async () => ({ instances: 2, env: { REDIS_URL: await sharedRedis() } })],
];

/** A provider that answers nobody before it is opened. */
function closedGate(json: object) {
  let open = (): void => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  const gate = {
    waiting: 0,
    open: () => open(),
    async answer() {
      gate.waiting += 1;
      await opened;
      return { json };
    },
  };
  return gate;
}

const refusedOf = (all: readonly Answer[]): Answer => {
  const refused = all.find(({ status }) => status === 429);
  if (!refused) throw new Error("nobody was refused");
  return refused;
};

describe.each(stages)("rate limits: %s", (_, options) => {
  let kept: Kept;
  beforeAll(async () => {
    kept = await openKept({
      engine: "server",
      ...(await options()),
      answers: (request) => (typeof answers === "function" ? answers(request) : answers),
    });
  }, 60_000);
  afterAll(() => kept.close());

  it("let in exactly the requests of a minute, and say so", async () => {
    answers = { json: replyOf(1) };
    const key = await kept.key({ key_alias: "burst", rpm_limit: 17 });
    const all = await kept.burst(key, 100);
    expect(tally(all)).toEqual({ 200: 17, 429: 83 });
    const left = all.filter(({ status }) => status === 200).map(({ headers }) => Number(headers.get("x-ratelimit-remaining-requests")));
    expect(left.toSorted((a, b) => a - b)).toEqual(Array.from({ length: 17 }, (_none, at) => at));
    const { headers, error } = refusedOf(all);
    expect(error).toMatchObject({ code: "429" });
    expect(error?.message).toMatch(/key 'burst'.*requests.*17/s);
    expect(error?.message).not.toMatch(/[0-9a-f]{64}/);
    expect(headers.get("rate_limit_type")).toBe("requests");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(Number(headers.get("retry-after"))).toBeLessThanOrEqual(61);
    expect(headers.get("x-ratelimit-limit-requests")).toBe("17");
    expect(headers.get("x-ratelimit-remaining-requests")).toBe("0");
    expect(headers.get("x-ratelimit-reset-requests")).toMatch(/^\d+s$/);
  });

  it("let in exactly the tokens of a minute, and give back what was reserved too much", async () => {
    const gate = closedGate(replyOf(40, 10));
    answers = gate.answer;
    const key = await kept.key({ tpm_limit: 1000 });
    // A little more than 100 are reserved by each, 50 are used.
    const all = kept.burst(key, 40);
    await until(() => gate.waiting === 8, "eight calls at the provider");
    gate.open();
    expect(tally(await all)).toEqual({ 200: 8, 429: 32 });
    const { headers } = refusedOf(await all);
    expect(headers.get("rate_limit_type")).toBe("tokens");
    expect(headers.get("x-ratelimit-limit-tokens")).toBe("1000");
    // 600 are left.
    await until(async () => Number((await kept.call(key)).headers.get("x-ratelimit-remaining-tokens")) > 400, "what was not used");
  });

  it("let in so many at once, and the next when one is over", async () => {
    const gate = closedGate(replyOf(1));
    answers = gate.answer;
    const key = await kept.key({ key_alias: "narrow", max_parallel_requests: 4 });
    const waiting = kept.burst(key, 4);
    await until(() => gate.waiting === 4, "four calls at the provider");
    const all = await kept.burst(key, 20);
    expect(tally(all)).toEqual({ 429: 20 });
    const { headers, error } = refusedOf(all);
    expect(headers.get("rate_limit_type")).toBe("parallel");
    expect(Number(headers.get("retry-after"))).toBeGreaterThan(0);
    expect(error?.message).toMatch(/key 'narrow'.*4/s);
    gate.open();
    expect(tally(await waiting)).toEqual({ 200: 4 });
    await until(async () => (await kept.call(key)).status === 200, "room for one more");
  });

  it("are claimed all or none: who is refused by one limit takes nothing from the others", async () => {
    answers = { json: replyOf(1) };
    const key = await kept.key({ rpm_limit: 30, max_parallel_requests: 0 });
    expect(tally(await kept.burst(key, 10))).toEqual({ 429: 10 });
    const wide = await kept.key({ rpm_limit: 5, model_rpm_limit: { words: 2 } });
    expect(tally(await kept.burst(wide, 10, { model: "words" }))).toEqual({ 200: 2, 429: 8 });
    expect(tally(await kept.burst(wide, 10))).toEqual({ 200: 3, 429: 7 });
  });

  it("have a row in the books for each call that they refused", async () => {
    answers = { json: replyOf(1) };
    const before = (await kept.books()).calls.length;
    const key = await kept.key({ rpm_limit: 2 });
    await kept.burst(key, 9);
    expect((await kept.books()).calls.length - before).toBe(9);
  });
});

describe("limits of the config", () => {
  it("hold the whole gateway, the master key too, and windows are as long as they say", async () => {
    answers = { json: replyOf(1) };
    const kept = await openKept({
      engine: "server",
      general: { global_max_parallel_requests: 3 },
      env: { LITELLM_RATE_LIMIT_WINDOW_SIZE: "1" },
      answers: { delayMs: 200, json: replyOf(1) },
    });
    try {
      const key = await kept.key();
      const mixed = await Promise.all(Array.from({ length: 10 }, (_, at) => kept.call(at % 2 ? key : MASTER_KEY)));
      expect(tally(mixed)).toEqual({ 200: 3, 429: 7 });
      const slow = await kept.key({ rpm_limit: 1 });
      expect((await kept.call(slow)).status).toBe(200);
      const refused = await kept.call(slow);
      expect(refused.status).toBe(429);
      expect(Number(refused.headers.get("retry-after"))).toBeLessThanOrEqual(2);
      await until(async () => (await kept.call(slow)).status === 200, "the next window");
    } finally {
      await kept.close();
    }
  });
});
