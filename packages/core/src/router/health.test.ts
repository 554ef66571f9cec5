import { describe, expect, it } from "vitest";
import type { ErrorKind } from "../errors.ts";
import { failure, fakeClock, fakeDeployment, plainSettings } from "./fakes-for-tests.ts";
import { Standings } from "./health.ts";
import type { RouterSettings } from "./router.ts";

const a = fakeDeployment("a");

function standings(settings: Partial<RouterSettings> = {}, alone = false) {
  const clock = fakeClock();
  const health = new Standings({ settings: { ...plainSettings, ...settings }, clock, isAlone: () => alone });
  const fail = (kind: ErrorKind, deployment = a, detail = {}) => health.begin(deployment)({ error: failure(kind, detail), durationMs: 1 });
  const succeed = () => health.begin(a)({ durationMs: 1 });
  const rests = (deployment = a) => health.isResting(deployment, clock.now());
  const failUntilRest = (kind: ErrorKind, most = 20): number | undefined => {
    for (let times = 1; times <= most; times += 1) {
      fail(kind);
      if (rests()) return times;
    }
    return undefined;
  };
  return { clock, health, fail, succeed, rests, failUntilRest };
}

describe("among several deployments", () => {
  it.each<[ErrorKind, number | undefined]>([
    ["rate_limit", 1],
    ["upstream_auth", 1],
    ["upstream_not_found", 1],
    ["no_credentials", 1],
    ["upstream_internal", 5],
    ["unavailable", 5],
    ["timeout", 5],
    ["connection", 5],
    ["bad_request", undefined],
    ["context_window", undefined],
    ["client_gone", undefined],
    ["internal", undefined],
  ])("rests after %s: %s times", (kind, times) => {
    expect(standings().failUntilRest(kind)).toBe(times);
  });

  it("does not rest while half of its calls succeed", () => {
    const { fail, succeed, rests } = standings();
    for (let turn = 0; turn < 20; turn += 1) {
      succeed();
      fail("unavailable");
    }
    expect(rests()).toBe(false);
  });

  it("forgets failures after a minute", () => {
    const { clock, fail, rests } = standings();
    for (let turn = 0; turn < 4; turn += 1) fail("unavailable");
    clock.pass(60_000);
    fail("unavailable");
    expect(rests()).toBe(false);
  });
});

describe("alone", () => {
  it.each<ErrorKind>(["rate_limit", "unavailable", "upstream_auth", "timeout"])("it does not rest after %s", (kind) => {
    expect(standings({}, true).failUntilRest(kind)).toBeUndefined();
  });

  it("it rests when a thousand calls in a minute all failed", () => {
    expect(standings({}, true).failUntilRest("unavailable", 2_000)).toBe(1_000);
  });
});

describe("allowed fails", () => {
  it.each([true, false])("are counted whoever else there is (alone: %s)", (alone) => {
    expect(standings({ allowedFails: 2 }, alone).failUntilRest("unavailable")).toBe(3);
    expect(standings({ allowedFails: 2 }, alone).failUntilRest("rate_limit")).toBe(3);
  });

  it("can be said per kind of error", () => {
    const settings = { allowedFailsPolicy: { RateLimitErrorAllowedFails: 1, TimeoutErrorAllowedFails: 0 } };
    expect(standings(settings).failUntilRest("rate_limit")).toBe(2);
    expect(standings(settings).failUntilRest("timeout")).toBe(1);
    expect(standings(settings).failUntilRest("unavailable")).toBe(4);
  });
});

describe("how long", () => {
  it.each([
    ["cooldown_time of the router", undefined, undefined, 5_000],
    ["what the provider asks for", undefined, 9_000, 9_000],
    ["cooldown_time of the deployment", 2_000, 9_000, 2_000],
    ["an hour at most", undefined, 86_400_000, 3_600_000],
  ])("%s", (_, cooldownMs, retryAfterMs, expected) => {
    const deployment = fakeDeployment("a", { cooldownMs });
    const { clock, health, fail } = standings();
    fail("rate_limit", deployment, { retryAfterMs });
    expect(health.restsUntil(deployment)).toBe(clock.now() + expected);
    clock.pass(expected);
    expect(health.restsUntil(deployment)).toBeUndefined();
  });

  it("not at all when cooldowns are off or nought", () => {
    const { fail, rests } = standings({ disableCooldowns: true });
    fail("rate_limit");
    expect(rests()).toBe(false);
    const still = fakeDeployment("a", { cooldownMs: 0 });
    const other = standings();
    other.fail("rate_limit", still);
    expect(other.rests(still)).toBe(false);
  });
});

describe("standing", () => {
  it("is kept per deployment and wire model", () => {
    const { fail, rests } = standings();
    fail("upstream_not_found", fakeDeployment("w", { standing: "w:nope" }));
    expect(rests(fakeDeployment("w", { standing: "w:nope" }))).toBe(true);
    expect(rests(fakeDeployment("w", { standing: "w:gpt" }))).toBe(false);
  });

  it("counts calls in flight, each once", () => {
    const { health } = standings();
    const end = health.begin(a);
    health.begin(a);
    end({ durationMs: 1 });
    end({ durationMs: 1 });
    expect(health.inFlight(a)).toBe(1);
  });

  it("is not touched by calls with a client's own credentials", () => {
    const { fail, rests } = standings();
    const borrowed = fakeDeployment("a", { row: { ...a.row, source: "call" } });
    fail("upstream_auth", borrowed);
    expect(rests()).toBe(false);
  });

  it("does not grow without end, and keeps what is in flight", () => {
    const { health } = standings();
    health.begin(a);
    for (let at = 0; at < 30_000; at += 1) health.begin(fakeDeployment(`x${at}`))({ durationMs: 1 });
    expect(health.size).toBeLessThanOrEqual(10_000);
    expect(health.inFlight(a)).toBe(1);
  });
});

describe("a deployment's own limits", () => {
  const limited = (limits: { rpm?: number; tpm?: number }) => ({ ...fakeDeployment("limited"), ...limits });

  it("let exactly rpm calls begin in a minute that begins with the first", () => {
    const { health, clock } = standings();
    const deployment = limited({ rpm: 2 });
    expect(health.fullUntil(deployment, clock.now())).toBeUndefined();
    const begun = clock.now();
    health.begin(deployment);
    clock.pass(30_000);
    expect(health.fullUntil(deployment, clock.now())).toBeUndefined();
    health.begin(deployment);
    expect(health.fullUntil(deployment, clock.now())).toBe(begun + 60_000);
    clock.pass(30_000);
    expect(health.fullUntil(deployment, clock.now())).toBeUndefined();
  });

  it("count tokens in the minute in which their call began", () => {
    const { health, clock } = standings();
    const deployment = limited({ tpm: 100 });
    const late = health.begin(deployment);
    health.begin(deployment)({ durationMs: 1, tokens: 99 });
    expect(health.fullUntil(deployment, clock.now())).toBeUndefined();
    health.begin(deployment)({ durationMs: 1, tokens: 1 });
    expect(health.fullUntil(deployment, clock.now())).toBeDefined();
    clock.pass(60_000);
    health.begin(deployment);
    late({ durationMs: 1, tokens: 1_000 });
    expect(health.fullUntil(deployment, clock.now())).toBeUndefined();
  });
});
