import { expect, it } from "vitest";
import { Pace } from "./pace.ts";

const busy = (pace: Pace, calls = 100, lent = false): void => {
  for (let call = 0; call < calls; call += 1) pace.recorded(lent);
};
const pace = (): Pace => new Pace({ patienceMs: 10_000, mostWaiting: 1_000 });

it("waits while calls come in fast, and writes when they have ceased", () => {
  const one = pace();
  busy(one);
  expect(one.isTime({ count: 100, oldest: 0 }, 1_000)).toBe(false);
  expect(one.isTime({ count: 100, oldest: 0 }, 2_000)).toBe(true);
});

it("does not let a row wait beyond its patience, nor too many of them", () => {
  const one = pace();
  busy(one);
  expect(one.isTime({ count: 100, oldest: 0 }, 10_000)).toBe(true);
  busy(one);
  expect(one.isTime({ count: 1_000, oldest: 9_000 }, 10_000)).toBe(true);
});

it("writes lent money at once", () => {
  const one = pace();
  busy(one, 100, true);
  expect(one.isTime({ count: 100, oldest: 900 }, 1_000)).toBe(true);
  busy(one);
  expect(one.isTime({ count: 100, oldest: 900 }, 1_000)).toBe(false);
});

it("has nothing to do where nothing waits", () => {
  expect(pace().isTime({ count: 0 }, 1_000)).toBe(false);
});
