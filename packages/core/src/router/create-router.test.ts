import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { failure, fakeDeployment, fakeRouter, fakeRoutes, runCall } from "./fakes-for-tests.ts";

const a = fakeDeployment("a");
const b = fakeDeployment("b");
const c = fakeDeployment("c");
const other = fakeDeployment("other", { group: "n" });
const third = fakeDeployment("third", { group: "o" });
const two = { m: [a, b], n: [other], o: [third] };
const one = { m: [a], n: [other], o: [third] };
const ask = { model: "m" };

describe("within a group", () => {
  it("asks the only deployment", () => {
    const { router } = fakeRouter(one);
    expect(router.next(ask, [])).toEqual({ deployment: a, group: "m", waitMs: 0 });
  });

  it("goes elsewhere at once before it asks the same again", () => {
    expect(runCall(fakeRouter(two), ask, { a: ["unavailable"], b: ["ok"] }).steps).toEqual(["a", "b"]);
  });

  it("asks the same again after waits that double when there is nobody else", () => {
    const course = runCall(fakeRouter(one, { numRetries: 5 }), ask, { a: ["unavailable"] });
    expect(course.steps).toEqual(["a", "a+500", "a+1000", "a+2000", "a+4000", "a+8000"]);
    expect(course.error?.kind).toBe("unavailable");
  });

  it("adds some jitter to the wait", () => {
    expect(
      runCall(
        fakeRouter(one, { numRetries: 1 }, () => 0.5),
        ask,
        { a: ["unavailable", "ok"] },
      ).steps,
    ).toEqual(["a", "a+875"]);
  });

  it("waits as long as the provider asks, up to a minute", () => {
    const wish = (retryAfterMs: number) => failure("rate_limit", { retryAfterMs });
    expect(runCall(fakeRouter(one), ask, { a: [wish(7_000), "ok"] }).steps).toEqual(["a", "a+7000"]);
    expect(runCall(fakeRouter(one), ask, { a: [wish(61_000), "ok"] }).steps).toEqual(["a", "a+500"]);
  });

  it("waits at least retry_after", () => {
    expect(runCall(fakeRouter(one, { retryAfterMs: 3_000 }), ask, { a: ["unavailable", "ok"] }).steps).toEqual(["a", "a+3000"]);
  });

  it("asks a deployment with a wrong key only once, and the others", () => {
    expect(runCall(fakeRouter(two), ask, { a: ["upstream_auth"], b: ["ok"] }).steps).toEqual(["a", "b"]);
    expect(runCall(fakeRouter(one), ask, { a: ["upstream_auth"] }).steps).toEqual(["a"]);
    const course = runCall(fakeRouter(two, { numRetries: 4 }), ask, { a: ["upstream_not_found"], b: ["unavailable"] });
    expect(course.steps).not.toContain("a+500");
  });

  it("never asks again when the client is to blame", () => {
    expect(runCall(fakeRouter(two), ask, { a: ["bad_request"] }).steps).toEqual(["a"]);
  });

  it.each([
    ["the call's wish wins", { numRetries: 0 }, 1, 3, 1],
    ["the deployment's number wins over the router's", {}, 1, 3, 2],
    ["the router's number holds for the rest", {}, undefined, 3, 4],
  ])("%s", (_, wish, own, routers, tries) => {
    const deployment = fakeDeployment("a", { numRetries: own });
    const course = runCall(fakeRouter({ m: [deployment] }, { numRetries: routers }), { ...ask, ...wish }, { a: ["unavailable"] });
    expect(course.steps).toHaveLength(tries);
  });

  it("counts by the policy for the kind of error", () => {
    const policy = {
      retryPolicy: { RateLimitErrorRetries: 1, TimeoutErrorRetries: 0, InternalServerErrorRetries: 3, BadRequestErrorRetries: 1 },
    };
    const tries = (kind: "rate_limit" | "timeout" | "unavailable" | "bad_request") =>
      runCall(fakeRouter(one, policy), ask, { a: [kind] }).steps.length;
    expect([tries("rate_limit"), tries("timeout"), tries("unavailable"), tries("bad_request")]).toEqual([2, 1, 4, 2]);
  });

  it("lets the group's own policy win", () => {
    const bench = fakeRouter(one, { retryPolicy: { DefaultRetries: 5 }, groupRetryPolicy: new Map([["m", { DefaultRetries: 0 }]]) });
    expect(runCall(bench, ask, { a: ["unavailable"] }).steps).toEqual(["a"]);
  });

  it("prefers the lowest order, and leaves it when it fails, even without retries", () => {
    const first = fakeDeployment("first", { order: 1 });
    const second = fakeDeployment("second", { order: 2 });
    const groups = { m: [fakeDeployment("last"), second, first] };
    const script = { first: ["unavailable"], second: ["unavailable"], last: ["ok"] } as const;
    expect(runCall(fakeRouter(groups, { numRetries: 0 }), ask, script).steps).toEqual(["first", "second", "last"]);
  });

  it("takes only deployments that fit the call", () => {
    const { router } = fakeRouter(two);
    expect(router.next({ ...ask, fits: ({ id }) => id === "b" }, [])).toMatchObject({ deployment: b });
    expect(router.next({ ...ask, fits: () => false }, [])).toMatchObject({ kind: "forbidden" });
  });
});

describe("resting", () => {
  it("passes over a deployment that was told to slow down, until its rest is over", () => {
    const bench = fakeRouter(two);
    runCall(bench, ask, { a: ["rate_limit"] });
    expect(bench.router.next(ask, [])).toMatchObject({ deployment: b });
    bench.clock.pass(5_000);
    expect(bench.router.next(ask, [])).toMatchObject({ deployment: a });
  });

  it("says 429 and how long when all rest", () => {
    const bench = fakeRouter(two);
    bench.router.begin(a)({ error: failure("rate_limit", { retryAfterMs: 30_000 }), durationMs: 1 });
    bench.router.begin(b)({ error: failure("rate_limit", { retryAfterMs: 20_000 }), durationMs: 1 });
    bench.clock.pass(1_000);
    expect(bench.router.next(ask, [])).toMatchObject({ kind: "all_resting", status: 429, retryAfter: 19 });
  });

  it("asks the fallbacks first when all rest", () => {
    const bench = fakeRouter(two, { fallbacks: new Map([["m", ["n", "o"]]]) });
    for (const each of [a, b]) bench.router.begin(each)({ error: failure("rate_limit"), durationMs: 1 });
    expect(runCall(bench, ask, { other: ["bad_request"], third: ["ok"] }).steps).toEqual(["other", "third"]);
  });

  it("asks a deployment that is called by its id even while it rests", () => {
    const bench = fakeRouter(two);
    bench.router.begin(a)({ error: failure("rate_limit"), durationMs: 1 });
    expect(bench.router.next({ model: "a" }, [])).toMatchObject({ deployment: a });
  });

  it("forgets the rest of a deployment that was changed", () => {
    const bench = fakeRouter(two);
    for (const each of [a, b]) bench.router.begin(each)({ error: failure("rate_limit"), durationMs: 1 });
    const changed = fakeDeployment("a");
    bench.router.replace(fakeRoutes({ m: [changed, b] }));
    expect(bench.router.next(ask, [])).toMatchObject({ deployment: changed });
    expect(bench.router.health.isResting(b, bench.clock.now())).toBe(true);
  });
});

describe("fallbacks", () => {
  const table = (...names: string[]) => new Map([["m", names]]);

  it.each(["unavailable", "bad_request", "upstream_auth", "context_window", "content_policy", "timeout"] as const)(
    "follow a %s",
    (kind) => {
      const course = runCall(fakeRouter(one, { numRetries: 0, fallbacks: table("n") }), ask, { a: [kind] });
      expect(course.steps).toEqual(["a", "other"]);
      expect(course.error).toBeUndefined();
    },
  );

  it.each(["client_gone", "shutting_down"] as const)("do not follow a %s", (kind) => {
    expect(runCall(fakeRouter(one, { fallbacks: table("n") }), ask, { a: [kind] }).steps).toEqual(["a"]);
  });

  it.each([
    ["context_window", "contextWindowFallbacks"],
    ["content_policy", "contentPolicyFallbacks"],
  ] as const)("have a table of their own for %s", (kind, name) => {
    const settings = { fallbacks: table("n"), [name]: table("o") };
    expect(runCall(fakeRouter(one, settings), ask, { a: [kind] }).steps).toEqual(["a", "third"]);
    expect(runCall(fakeRouter(one, { ...settings, numRetries: 0 }), ask, { a: ["unavailable"] }).steps).toEqual(["a", "other"]);
  });

  it("are found by *, by the wildcard's name, by the name without provider, and by default", () => {
    const starred = fakeDeployment("starred", { group: "x/*" });
    const groups = { "x/m": [starred], n: [other] };
    for (const settings of [
      { fallbacks: new Map([["*", ["n"]]]) },
      { fallbacks: new Map([["x/*", ["n"]]]) },
      { fallbacks: table("n") },
      { defaultFallbacks: ["n"] },
    ]) {
      expect(runCall(fakeRouter(groups, settings), { model: "x/m" }, { starred: ["bad_request"] }).steps).toEqual(["starred", "other"]);
    }
  });

  it("of the request come instead of the configured ones", () => {
    const bench = fakeRouter(one, { fallbacks: table("n") });
    expect(runCall(bench, { ...ask, fallbacks: ["o"] }, { a: ["bad_request"] }).steps).toEqual(["a", "third"]);
  });

  it("can be switched off by the request", () => {
    expect(runCall(fakeRouter(one, { fallbacks: table("n") }), { ...ask, disableFallbacks: true }, { a: ["bad_request"] }).steps).toEqual([
      "a",
    ]);
  });

  it("have fallbacks of their own, and never come back to the first", () => {
    const settings = {
      fallbacks: new Map([
        ["m", ["n"]],
        ["n", ["m", "o"]],
      ]),
    };
    const course = runCall(fakeRouter(one, settings), ask, { a: ["bad_request"], other: ["bad_request"], third: ["bad_request"] });
    expect(course.steps).toEqual(["a", "other", "third"]);
  });

  it("are passed over when there is no such model", () => {
    expect(runCall(fakeRouter(one, { fallbacks: table("gone", "n") }), ask, { a: ["bad_request"] }).steps).toEqual(["a", "other"]);
  });

  it("end at max_fallbacks", () => {
    const course = runCall(fakeRouter(one, { fallbacks: table("n", "o"), maxFallbacks: 1 }), ask, {
      a: ["bad_request"],
      other: ["bad_request"],
    });
    expect(course.steps).toEqual(["a", "other"]);
  });

  it("get retries of their own", () => {
    const course = runCall(fakeRouter(one, { fallbacks: table("n"), numRetries: 1 }), ask, { a: ["unavailable"], other: ["unavailable"] });
    expect(course.steps).toEqual(["a", "a+500", "other", "other+500"]);
  });

  it("leave the first error to the client when all failed, and name what was tried", () => {
    const first = failure("rate_limit", { retryAfterMs: 1, upstreamStatus: 429 });
    const course = runCall(fakeRouter(one, { fallbacks: table("n", "o"), numRetries: 0 }), ask, {
      a: [first],
      other: ["timeout"],
      third: ["timeout"],
    });
    expect(course.error).toMatchObject({ kind: "rate_limit", detail: { upstreamStatus: 429 } });
    expect(course.error?.message).toBe("failed: rate_limit (After m, the fallbacks n and o failed, too.)");
  });

  it("leave the error as it is when there were none", () => {
    const error = failure("bad_request");
    expect(runCall(fakeRouter(one), ask, { a: [error] }).error).toBe(error);
  });
});

describe("names", () => {
  it("says what may have been meant when there is no such model, and falls back to nobody", () => {
    const { router } = fakeRouter(one, { defaultFallbacks: ["n"] });
    const answer = router.next({ model: "mm", fallbacks: ["n"] }, []);
    expect(answer).toBeInstanceOf(GatewayError);
    expect(answer).toMatchObject({ kind: "unknown_model", message: expect.stringContaining("Did you mean m?") });
  });

  it("answers with the reason when a model's rows could not be compiled, unless a fallback can", () => {
    const groups = { broken: [], n: [other] };
    expect(fakeRouter(groups).router.next({ model: "broken" }, [])).toMatchObject({ kind: "bad_request", message: "unknown provider" });
    expect(fakeRouter(groups, { defaultFallbacks: ["n"] }).router.next({ model: "broken" }, [])).toMatchObject({ deployment: other });
  });

  it("knows fallbacks and policies of an alias by both names", () => {
    const settings = { numRetries: 0, aliases: new Map([["alias", { model: "m", hidden: false }]]), fallbacks: new Map([["m", ["n"]]]) };
    expect(runCall(fakeRouter({ ...one, alias: [a] }, settings), { model: "alias" }, { a: ["unavailable"] }).steps).toEqual(["a", "other"]);
  });
});

describe("whatever happens", () => {
  /** A small generator of numbers that looks random and is the same at each run. */
  function numbers(seed: number): () => number {
    let state = seed;
    return () => {
      state = (state * 1_664_525 + 1_013_904_223) % 4_294_967_296;
      return state / 4_294_967_296;
    };
  }
  const kinds = ["unavailable", "rate_limit", "timeout", "upstream_auth", "bad_request", "context_window", "upstream_internal"] as const;

  it.each(Array.from({ length: 200 }, (_, seed) => seed))("a call ends within bounds and never asks who rests (%i)", (seed) => {
    const chance = numbers(seed);
    const pick = <T>(from: readonly T[]): T => from[Math.floor(chance() * from.length)] as T;
    const groups = { m: [a, b, c].slice(0, 1 + Math.floor(chance() * 3)), n: [other], o: [third] };
    const numRetries = Math.floor(chance() * 4);
    const settings = { numRetries, fallbacks: new Map([["m", ["n", "o"]]]), contextWindowFallbacks: new Map([["n", ["o", "m"]]]) };
    const bench = fakeRouter(groups, settings, chance);
    for (let call = 0; call < 20; call += 1) {
      const attempts: Parameters<typeof bench.router.next>[1][number][] = [];
      for (;;) {
        const choice = bench.router.next(ask, attempts);
        if (choice instanceof GatewayError) break;
        expect(bench.router.health.isResting(choice.deployment, bench.clock.now())).toBe(false);
        bench.clock.pass(choice.waitMs);
        const error = chance() < 0.4 ? undefined : failure(pick(kinds));
        bench.router.begin(choice.deployment)({ error, durationMs: 1 });
        if (!error) break;
        attempts.push({ ...choice, startedAt: 0, durationMs: 1, error });
      }
      expect(attempts.length).toBeLessThanOrEqual((numRetries + 1) * 3);
      bench.clock.pass(Math.floor(chance() * 3_000));
    }
    for (const deployment of [a, b, c, other, third]) expect(bench.router.health.inFlight(deployment)).toBe(0);
  });
});
