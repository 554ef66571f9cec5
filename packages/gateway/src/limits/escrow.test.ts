import { withDatabases } from "@tollgate/testkit/servers/with-databases";
import fc from "fast-check";
import { systemClock } from "tollgate/parts";
import { afterEach, expect, it } from "vitest";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { createEscrow } from "./escrow.ts";
import type { MeterClaim, Purses, Reserved, Short } from "./purses.ts";

const key: MeterClaim = { meter: "key:k1|total|0", limitNano: 1_000 };
const team: MeterClaim = { meter: "team:t1|total|0", limitNano: 10_000_000 };

const opened: Purses[] = [];
let count = 0;

function escrowOn(database: Database): Purses & { readonly instance: string } {
  const instance = `i${++count}`;
  const purses = createEscrow({ database, clock: systemClock, instance });
  opened.push(purses);
  return Object.assign(purses, { instance });
}

afterEach(async () => {
  await Promise.all(opened.splice(0).map((purses) => purses.close()));
});

function taken(answer: Reserved | Short): Reserved {
  if (!answer.ok) throw new Error(`short of ${answer.claim.meter}: ${answer.leftNano} left`);
  return answer;
}

/** What the ledger's transaction does, and that it tells the purses. */
async function write(database: Database, purses: Purses & { instance: string }, meter: string, nano: number): Promise<void> {
  await database.sql.transaction().execute(async (on) => {
    await rowsOf(on, "update meters set spent_nano = spent_nano + $2, lent_nano = lent_nano - $2 where id = $1", [meter, nano]);
    await rowsOf(on, "update loans set nano = nano - $3 where instance_id = $1 and meter_id = $2", [purses.instance, meter, nano]);
  });
  purses.written([{ meter, nano }]);
}

async function metersOf(database: Database): Promise<readonly { id: string; spent: number; lent: number }[]> {
  const rows = await rowsOf<{ id: string; spent_nano: bigint; lent_nano: bigint }>(database.sql, "select * from meters order by id");
  return rows.map(({ id, spent_nano, lent_nano }) => ({ id, spent: Number(spent_nano), lent: Number(lent_nano) }));
}

async function until(done: () => boolean | Promise<boolean>): Promise<void> {
  for (const end = systemClock.ticks() + 10_000; !(await done()); ) {
    if (systemClock.ticks() > end) throw new Error("it never came to be");
    await new Promise<void>((resolve) => systemClock.after(5, resolve));
  }
}

/** Reserves as admission does: waits while others may give room back. */
async function reserveWaiting(purses: Purses, claims: readonly MeterClaim[], nano: number): Promise<Reserved | Short> {
  for (const end = systemClock.ticks() + 5_000; ; ) {
    const answer = await purses.reserve(claims, nano);
    if (answer.ok || !answer.pending || systemClock.ticks() > end) return answer;
    await answer.wait(end - systemClock.ticks());
  }
}

/** The embedded database has one instance only. */
function onServer(engine: string): (name: string, test: () => Promise<void>) => void {
  return engine === "server" ? it : () => {};
}

withDatabases("money in escrow", (stage) => {
  it("lends no more than the budget, and at once what it holds", async () => {
    const purses = escrowOn(stage.database);
    const first = taken(await purses.reserve([key], 400));
    const second = taken(await purses.reserve([key], 400));
    expect(await purses.reserve([key], 400)).toMatchObject({ ok: false, claim: key, leftNano: 200, spentNano: 0, pending: true });
    first.settle(100);
    const third = taken(await purses.reserve([key], 500));
    second.settle(0);
    third.settle(900);
    third.settle(900);
    expect(purses.spent(key.meter)).toBe(1_000);
    expect(await purses.reserve([key], 1)).toMatchObject({ ok: false, leftNano: 0, spentNano: 1_000, pending: false });
  });

  it("answers without a promise when it holds enough", async () => {
    const purses = escrowOn(stage.database);
    taken(await purses.reserve([team], 10)).settle(5);
    expect(purses.reserve([team], 10)).not.toBeInstanceOf(Promise);
  });

  it("takes from all meters or from none", async () => {
    const purses = escrowOn(stage.database);
    expect(await purses.reserve([team, key], 2_000)).toMatchObject({ ok: false, claim: key });
    const all = { ...team, limitNano: 10_000_000 };
    taken(await purses.reserve([all], 10_000_000));
  });

  it("lets in exactly ten of two hundred that ask at once", async () => {
    const purses = escrowOn(stage.database);
    const answers = await Promise.all(Array.from({ length: 200 }, async () => purses.reserve([key, team], 100)));
    expect(answers.filter(({ ok }) => ok)).toHaveLength(10);
  });

  it("lets in exactly ten when each reserves three times what it uses, and the rest wait", async () => {
    const purses = escrowOn(stage.database);
    let spent = 0;
    const one = async (): Promise<boolean> => {
      let answer = await reserveWaiting(purses, [key], 300);
      // At the edge a call is cut to what is left.
      if (!answer.ok && answer.leftNano >= 100) answer = await reserveWaiting(purses, [key], 100);
      if (!answer.ok) return false;
      await new Promise<void>((resolve) => systemClock.after(1, resolve));
      spent += 100;
      answer.settle(100);
      return true;
    };
    const passed = await Promise.all(Array.from({ length: 60 }, one));
    expect(passed.filter(Boolean)).toHaveLength(10);
    expect(spent).toBe(1_000);
  });

  onServer(stage.engine)("shares one budget between instances to the last call", async () => {
    const [one, other] = [escrowOn(stage.database), escrowOn(await stage.another())];
    let inFlight = 0;
    const call = async (purses: Purses & { instance: string }): Promise<boolean> => {
      const answer = await reserveWaiting(purses, [key, team], 100);
      if (!answer.ok) return false;
      inFlight += 1;
      await new Promise<void>((resolve) => systemClock.after(2, resolve));
      answer.settle(100);
      await write(stage.database, purses, key.meter, 100);
      await write(stage.database, purses, team.meter, 100);
      return true;
    };
    const passed = await Promise.all(Array.from({ length: 200 }, (_, at) => call(at % 2 ? one : other)));
    expect(passed.filter(Boolean)).toHaveLength(10);
    expect(inFlight).toBe(10);
    await Promise.all([one.close(), other.close()]);
    expect(await metersOf(stage.database)).toEqual([
      { id: key.meter, spent: 1_000, lent: 0 },
      { id: team.meter, spent: 1_000, lent: 0 },
    ]);
  });

  onServer(stage.engine)("gives back to another instance what it does not use", async () => {
    const [one, other] = [escrowOn(stage.database), escrowOn(await stage.another())];
    // Far from the edge it took a slice for later.
    taken(await one.reserve([team], 10)).settle(10);
    const [meter] = await metersOf(stage.database);
    expect(meter?.lent).toBeGreaterThan(1_000_000);
    expect((await reserveWaiting(other, [team], 9_999_990)).ok).toBe(true);
  });

  it("gives everything back when it closes, but for what is not written yet", async () => {
    const purses = escrowOn(stage.database);
    taken(await purses.reserve([key], 300)).settle(120);
    await purses.close();
    expect(await metersOf(stage.database)).toEqual([{ id: key.meter, spent: 0, lent: 120 }]);
  });

  it("takes over from an instance that died", async () => {
    const dead = escrowOn(stage.database);
    taken(await dead.reserve([key], 1_000));
    await until(async () => (await rowsOf(stage.database.sql, "select id from instances where id = $1", [dead.instance])).length === 1);
    const next = escrowOn(stage.database);
    expect(await next.reserve([key], 1_000)).toMatchObject({ ok: false, pending: true });
    await next.recovered([dead.instance]);
    expect((await next.reserve([key], 1_000)).ok).toBe(true);
  });

  it("follows a budget that is raised or lowered", async () => {
    const purses = escrowOn(stage.database);
    taken(await purses.reserve([key], 100)).settle(100);
    const lowered = { ...key, limitNano: 150 };
    expect(await purses.reserve([lowered], 100)).toMatchObject({ ok: false, leftNano: 50 });
    const raised = { ...key, limitNano: 5_000 };
    expect((await purses.reserve([raised], 4_900)).ok).toBe(true);
  });

  it("charges what goes beyond the reservation, and lends less then", async () => {
    const purses = escrowOn(stage.database);
    taken(await purses.reserve([key], 900)).settle(1_200);
    expect(await purses.reserve([key], 1)).toMatchObject({ ok: false, leftNano: 0, spentNano: 1_200 });
    await until(async () => (await metersOf(stage.database))[0]?.lent === 1_200);
  });

  it("wakes who waits when room comes back", async () => {
    const purses = escrowOn(stage.database);
    const first = taken(await purses.reserve([key], 1_000));
    const short = await purses.reserve([key], 10);
    if (short.ok) throw new Error("there was nothing left");
    const waiting = short.wait(60_000);
    first.settle(1);
    await waiting;
    expect((await purses.reserve([key], 10)).ok).toBe(true);
  });

  it("knows what was spent on meters without a budget", async () => {
    await rowsOf(stage.database.sql, "insert into meters (id, spent_nano) values ('key:k9|total|0', 70)");
    const purses = escrowOn(stage.database);
    expect(purses.spent("key:k9|total|0")).toBeUndefined();
    await until(() => purses.spent("key:k9|total|0") !== undefined);
    purses.charged("key:k9|total|0", 5);
    expect(purses.spent("key:k9|total|0")).toBe(75);
  });

  it("never lets more be spent than the budget, whatever comes between", async () => {
    const step = fc.record({
      who: fc.nat(1),
      nano: fc.integer({ min: 1, max: 400 }),
      part: fc.integer({ min: 0, max: 100 }),
      pick: fc.nat(9),
      settle: fc.boolean(),
    });
    let run = 0;
    await fc.assert(
      fc.asyncProperty(fc.array(step, { minLength: 5, maxLength: 30 }), async (steps) => {
        const claim = { meter: `key:p${++run}|total|0`, limitNano: 1_000 };
        const instances = [escrowOn(stage.database), escrowOn(stage.database)];
        const open: { reserved: Reserved; nano: number; who: number }[] = [];
        let [spent, held] = [0, 0];
        for (const { who, nano, part, pick, settle } of steps) {
          const purses = instances[who];
          const [over] = settle ? open.splice(pick % Math.max(1, open.length), 1) : [];
          if (over) {
            const actual = Math.floor((over.nano * part) / 100);
            over.reserved.settle(actual);
            [spent, held] = [spent + actual, held - over.nano];
            const owner = instances[over.who];
            if (owner && pick % 2 === 0) await write(stage.database, owner, claim.meter, actual);
          }
          const answer = await purses?.reserve([claim], nano);
          if (answer?.ok) {
            open.push({ reserved: answer, nano, who });
            held += nano;
          }
          expect(spent + held).toBeLessThanOrEqual(1_000);
        }
        await Promise.all(instances.map((each) => each.close()));
      }),
      { numRuns: 20, endOnFailure: true },
    );
  });
});
