import { systemClock } from "tollgate/parts";
import { expect, it } from "vitest";
import type { Loans } from "./loans.ts";
import { Purse } from "./purse.ts";
import { Upkeep } from "./upkeep.ts";

interface Later {
  readonly promise: Promise<void>;
  resolve(): void;
  reject(error: Error): void;
}

function later(): Later {
  let [resolve, reject]: [() => void, (error: Error) => void] = [() => {}, () => {}];
  const promise = new Promise<void>((...both) => {
    [resolve, reject] = both;
  });
  return { promise, resolve: () => resolve(), reject: (error) => reject(error) };
}

/** An upkeep whose database answers a change when it is told to. */
function slow(): {
  readonly upkeep: Upkeep;
  readonly asked: Promise<void>;
  readonly answer: (error?: Error) => void;
  readonly problems: unknown[];
} {
  const asked = later();
  const answered = later();
  const problems: unknown[] = [];
  const loans = {
    change() {
      asked.resolve();
      return answered.promise;
    },
  } as Partial<Loans> as Loans;
  const upkeep = new Upkeep({
    ...{ loans, purses: new Map(), clock: systemClock, alone: false, isAsking: () => false },
    onProblem: (cause) => void problems.push(cause),
  });
  return { upkeep, asked: asked.promise, answer: (error) => (error ? answered.reject(error) : answered.resolve()), problems };
}

function purseWith(lent: number, unwritten: number): Purse {
  const purse = new Purse({ meter: "key:k|total|0", limitNano: 200 }, 0);
  purse.lent = lent;
  purse.unwritten = unwritten;
  purse.tight = true;
  return purse;
}

it("counts what was spent beyond the loan as lent only when the database knows it: whoever asks meanwhile would get it again", async () => {
  const { upkeep, asked, answer } = slow();
  const purse = purseWith(100, 300);
  upkeep.balanceSoon(purse);
  await asked;
  expect([purse.free, purse.isIdle]).toEqual([-200, false]);
  answer();
  await expect.poll(() => purse.free).toBe(0);
  expect([purse.lent, purse.returning]).toEqual([300, 0]);
});

it("lets nobody have what is on its way back", async () => {
  const { upkeep, asked, answer } = slow();
  const purse = purseWith(300, 100);
  upkeep.balanceSoon(purse);
  await asked;
  expect([purse.free, purse.returning]).toEqual([0, 200]);
  answer();
  await expect.poll(() => purse.returning).toBe(0);
  expect(purse.lent).toBe(100);
});

it("has a change whose answer was lost in doubt, and still owes it", async () => {
  const { upkeep, asked, answer, problems } = slow();
  const purse = purseWith(100, 300);
  upkeep.balanceSoon(purse);
  await asked;
  answer(new Error("away"));
  await expect.poll(() => problems.length).toBe(1);
  expect([purse.free, purse.returning, purse.doubt]).toEqual([-200, 0, true]);
});
