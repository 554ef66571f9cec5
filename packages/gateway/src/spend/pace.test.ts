import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

const busy = (pace: Pace, calls = 100, lent = false): void => {
  for (let call = 0; call < calls; call += 1) pace.recorded(lent);
};
const limits = { patienceMs: 10_000, mostWaiting: 1_000, mostBytes: 1_000_000 };
const pace = (utmost = 1): Pace => new Pace({ ...limits, utmost });
const some = { count: 100, oldest: 0, bytes: 50_000 };

it("waits while calls come in fast, and writes when they have ceased", () => {
  const one = pace();
  busy(one);
  expect(one.due(some, 1_000)).toBeUndefined();
  expect(one.due(some, 2_000)).toBe("at leisure");
});

it("does not let a row wait beyond its patience, nor too many of them, nor too much", () => {
  for (const waiting of [some, { ...some, oldest: 9_000, count: 1_000 }, { ...some, oldest: 9_000, bytes: 1_000_000 }]) {
    const one = pace();
    busy(one);
    expect(one.due(waiting, 10_000)).toBe("at leisure");
    busy(one);
    expect(one.shallRest(waiting, 10_000)).toBe(false);
  }
});

it("rests when calls come in fast again, until a row has waited too long", () => {
  const one = pace();
  expect(one.due(some, 1_000)).toBe("at leisure");
  expect(one.shallRest(some, 1_100)).toBe(false);
  busy(one);
  expect(one.shallRest(some, 1_200)).toBe(true);
  expect(one.shallRest(some, 10_000)).toBe(false);
});

it("goes batch by batch while calls come in fast, until it is far too much", () => {
  for (const waiting of [some, { ...some, count: 2_999 }, { ...some, bytes: 2_999_999 }]) {
    const one = pace(3);
    busy(one);
    expect(one.due(waiting, 10_000)).toBe("at leisure");
    expect(one.shallRest(waiting, 10_000)).toBe(false);
    busy(one);
    expect(one.shallRest(waiting, 10_000)).toBe(true);
  }
  for (const waiting of [
    { ...some, count: 3_000 },
    { ...some, bytes: 3_000_000 },
  ]) {
    const one = pace(3);
    busy(one);
    expect(one.shallRest(waiting, 10_000)).toBe(false);
  }
});

it("writes lent money at once", () => {
  const one = pace();
  busy(one, 100, true);
  expect(one.due({ ...some, oldest: 900 }, 1_000)).toBe("now");
  busy(one);
  expect(one.due({ ...some, oldest: 900 }, 1_000)).toBeUndefined();
});

it("has nothing to do where nothing waits", () => {
  expect(pace().due({ count: 0, bytes: 0 }, 1_000)).toBeUndefined();
});

it("does not make a database for a few rows", () => {
  const one = pace();
  expect(one.due({ ...some, oldest: 1 }, 10_000, false)).toBeUndefined();
  expect(one.due(some, 10_000, false)).toBe("at leisure");
  expect(one.due({ ...some, count: 1_000 }, 1, false)).toBe("at leisure");
  busy(one, 1, true);
  expect(one.due({ ...some, count: 1 }, 1, false)).toBe("now");
});
