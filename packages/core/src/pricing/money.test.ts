import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { attoDollars, nanoDollars } from "./money.ts";

describe("attoDollars", () => {
  it.each([
    [1.25e-7, 125_000_000_000n],
    [0.002, 2_000_000_000_000_000n],
    [3, 3_000_000_000_000_000_000n],
    [0.1 + 0.2, 300_000_000_000_000_040n],
    [1.5e-18, 2n],
    [1e-30, 1n],
    [1e21, 10n ** 39n],
    [0, 0n],
    [-1, 0n],
    [Number.NaN, 0n],
  ])("%d dollars are %d atto-dollars", (dollars, atto) => {
    expect(attoDollars(dollars)).toBe(atto);
  });

  it("never says less than the decimal", () => {
    fc.assert(
      fc.property(fc.double({ min: 0, max: 1e6, noNaN: true }), (dollars) => {
        const exact = attoDollars(dollars);
        expect(Math.abs(Number(exact) / 1e18 - dollars)).toBeLessThanOrEqual(dollars * 1e-12 + 1e-18);
      }),
    );
  });
});

describe("nanoDollars", () => {
  it.each([
    [0n, 0],
    [1n, 1],
    [1_000_000_000n, 1],
    [1_000_000_001n, 2],
  ])("%d atto-dollars are %d nano-dollars", (atto, nano) => {
    expect(nanoDollars(atto)).toBe(nano);
  });
});
