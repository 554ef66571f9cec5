import { fakeClock } from "@tollgate/testkit/fake-clock";
import { startRedis, type TestRedis } from "@tollgate/testkit/servers/redis-server";
import fc from "fast-check";
import { systemClock } from "tollgate/parts";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { openRedis, type RedisLink } from "../store/redis.ts";
import type { Claim, Claimed, Counters, Taken } from "./counters.ts";
import { createGuardedCounters } from "./counters-guarded.ts";
import { createMemoryCounters } from "./counters-memory.ts";
import { createRedisCounters } from "./counters-redis.ts";

let server: TestRedis;
const links: RedisLink[] = [];

async function linkTo({ port }: TestRedis): Promise<RedisLink> {
  const link = openRedis({ host: "127.0.0.1", port });
  links.push(link);
  await until(() => link.state === "connected");
  return link;
}

/** Gives the loop its turns until something is so. */
async function until(done: () => boolean): Promise<void> {
  for (const end = systemClock.ticks() + 10_000; !done(); ) {
    if (systemClock.ticks() > end) throw new Error("it never came to be");
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
  }
}

beforeAll(async () => {
  server = await startRedis();
});
afterAll(async () => {
  await Promise.all(links.map((link) => link.close()));
  await server.close();
});

const kinds: readonly (readonly [name: string, open: () => Promise<Counters>])[] = [
  ["memory", async () => createMemoryCounters(systemClock)],
  ["redis", async () => createRedisCounters({ redis: await linkTo(server), clock: systemClock, instance: `i${++named}` })],
];

let named = 0;
const minute = { lengthMs: 60_000 } as const;
const fresh = (): string => `key:k${++named}:requests`;
const claimOf = (name: string, limit: number, amount = 1): Claim => ({ name, amount, limit, window: minute });
const heldOf = (name: string, limit: number): Claim => ({ name, amount: 1, limit, window: "held" });

function claimed(taken: Taken): Claimed {
  if (!taken.ok) throw new Error(`refused: ${taken.claim.name}`);
  return taken;
}

describe.each(kinds)("counters in %s", (_, open) => {
  let counters: Counters;
  beforeAll(async () => {
    counters = await open();
  });
  afterAll(() => counters.close());

  it("let in exactly the limit of a burst", async () => {
    const name = fresh();
    const taken = await Promise.all(Array.from({ length: 200 }, () => counters.claim([claimOf(name, 10)])));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(10);
  });

  it("say what is left, when it begins anew, and which claim refused", async () => {
    const name = fresh();
    const first = claimed(await counters.claim([claimOf(name, 2)]));
    expect(first.left).toEqual([1]);
    expect((first.resetsAt[0] ?? 0) - systemClock.now()).toBeGreaterThan(50_000);
    expect((first.resetsAt[0] ?? 0) - systemClock.now()).toBeLessThanOrEqual(60_100);
    await counters.claim([claimOf(name, 2)]);
    const third = await counters.claim([claimOf(fresh(), 5), claimOf(name, 2)]);
    expect(third).toMatchObject({ ok: false, claim: { name }, left: 0, resetsAt: first.resetsAt[0] });
  });

  it("take all or none", async () => {
    const [wide, narrow] = [fresh(), fresh()];
    await counters.claim([claimOf(narrow, 1)]);
    const refused = await counters.claim([claimOf(wide, 1), claimOf(narrow, 1)]);
    expect(refused.ok).toBe(false);
    expect((await counters.claim([claimOf(wide, 1)])).ok).toBe(true);
  });

  it("settle with what was really used, once", async () => {
    const name = fresh();
    const taken = claimed(await counters.claim([claimOf(name, 100, 60)]));
    taken.settle([10]);
    taken.settle([0]);
    expect(claimed(await counters.claim([claimOf(name, 100, 50)])).left).toEqual([40]);
  });

  it("count what was used beyond the claim", async () => {
    const name = fresh();
    claimed(await counters.claim([claimOf(name, 100, 60)])).settle([150]);
    expect(await counters.claim([claimOf(name, 100, 1)])).toMatchObject({ ok: false, left: 0 });
  });

  it("hold what is held until it is given back", async () => {
    const name = fresh();
    const first = claimed(await counters.claim([heldOf(name, 2)]));
    expect(first.resetsAt).toEqual([0]);
    await counters.claim([heldOf(name, 2)]);
    expect(await counters.claim([heldOf(name, 2)])).toMatchObject({ ok: false, resetsAt: 0 });
    first.settle([1]);
    expect((await counters.claim([heldOf(name, 2)])).ok).toBe(true);
  });

  it("begin a window with its first claim, and a new one after its end", async () => {
    const name = fresh();
    const short = { name, amount: 1, limit: 1, window: { lengthMs: 150 } };
    const old = claimed(await counters.claim([short]));
    await until(() => systemClock.now() > (old.resetsAt[0] ?? 0) + 20);
    expect((await counters.claim([short])).ok).toBe(true);
    // It belongs to the window that is over: the new one stays as full as it is.
    old.settle([0]);
    expect((await counters.claim([short])).ok).toBe(false);
  });

  it("refuse everything at a limit of 0", async () => expect((await counters.claim([claimOf(fresh(), 0)])).ok).toBe(false));

  it("never hold more than the limit, whatever comes between claims and settlements", async () => {
    await fc.assert(
      fc.asyncProperty(fc.array(fc.record({ settle: fc.boolean(), pick: fc.nat(30) }), { maxLength: 40 }), async (steps) => {
        const name = fresh();
        const open: Claimed[] = [];
        for (const { settle, pick } of steps) {
          const [given] = settle ? open.splice(pick % Math.max(open.length, 1), 1) : [];
          if (given) given.settle([1]);
          const taken = await counters.claim([heldOf(name, 3)]);
          if (taken.ok) open.push(taken);
          else expect(open).toHaveLength(3);
          expect(open.length).toBeLessThanOrEqual(3);
        }
      }),
      { numRuns: 15 },
    );
  });
});

describe("counters in memory", () => {
  it("start anew when the clock is set back, and forget what is over", async () => {
    const clock = fakeClock();
    let shift = 0;
    const counters = createMemoryCounters({ ...clock, now: () => clock.now() + shift });
    counters.claim([claimOf("a", 1)]);
    expect(counters.claim([claimOf("a", 1)]).ok).toBe(false);
    shift = -3_600_000;
    expect(counters.claim([claimOf("a", 1)]).ok).toBe(true);
    shift = 0;
    await clock.advance(180_000);
    expect(counters.size).toBe(0);
    await counters.close();
    expect(clock.pending).toBe(0);
  });
});

describe("counters in redis", () => {
  it("are shared by all instances", async () => {
    const [one, other] = [await linkTo(server), await linkTo(server)];
    const name = fresh();
    const a = createRedisCounters({ redis: one, clock: systemClock, instance: "a" });
    const b = createRedisCounters({ redis: other, clock: systemClock, instance: "b" });
    const taken = await Promise.all(Array.from({ length: 60 }, (_, at) => (at % 2 ? a : b).claim([claimOf(name, 7)])));
    expect(taken.filter(({ ok }) => ok)).toHaveLength(7);
  });

  it("let go what a dead instance held", async () => {
    const redis = await linkTo(server);
    const name = fresh();
    const dead = createRedisCounters({ redis, clock: systemClock, instance: "dead" });
    const alive = createRedisCounters({ redis, clock: systemClock, instance: "alive" });
    await dead.claim([heldOf(name, 1)]);
    expect((await alive.claim([heldOf(name, 1)])).ok).toBe(false);
    // As if its last beat were long ago.
    await redis.run({ lua: "return redis.call('ZADD', KEYS[1], 1, 'dead')", sha: "none" }, ["{tollgate:limits}:alive"], []);
    expect((await alive.claim([heldOf(name, 1)])).ok).toBe(true);
  });
});

describe("counters when Redis is away", () => {
  it("count here, say so, and come back", async () => {
    const own = await startRedis();
    const redis = await linkTo(own);
    const told: string[] = [];
    const counters = createGuardedCounters({
      shared: createRedisCounters({ redis, clock: systemClock, instance: "x" }),
      local: createMemoryCounters(systemClock),
      clock: systemClock,
      onState: (state) => told.push(state),
    });
    const name = fresh();
    expect((await counters.claim([claimOf(name, 1)])).ok).toBe(true);
    await own.kill();
    const from = systemClock.ticks();
    // Local counters begin empty: one more is let in, and then none.
    expect((await counters.claim([claimOf(name, 1)])).ok).toBe(true);
    expect((await counters.claim([claimOf(name, 1)])).ok).toBe(false);
    expect(systemClock.ticks() - from).toBeLessThan(400);
    expect(counters.state).toBe("local");
    await own.start();
    await until(() => redis.state === "connected");
    for (const end = systemClock.ticks() + 12_000; counters.state === "local" && systemClock.ticks() < end; ) {
      await counters.claim([claimOf(fresh(), 1)]);
      await new Promise<void>((resolve) => systemClock.after(20, resolve));
    }
    expect(told).toEqual(["local", "shared"]);
    await counters.close();
    await redis.close();
    await own.close();
  });

  it("wait no longer than their time, and give back what is claimed too late", async () => {
    const clock = fakeClock();
    const settled: (readonly number[])[] = [];
    let answer: (taken: Taken) => void = () => {};
    const late = { claim: () => new Promise<Taken>((resolve) => (answer = resolve)), close: async () => {} };
    const counters = createGuardedCounters({ shared: late, local: createMemoryCounters(clock), clock });
    const waiting = counters.claim([claimOf("a", 5)]);
    await clock.advance(50);
    expect((await waiting).ok).toBe(true);
    answer({ ok: true, left: [4], resetsAt: [1], settle: (actual) => settled.push(actual) });
    await clock.advance(0);
    expect(settled).toEqual([[0]]);
    await counters.close();
  });
});
