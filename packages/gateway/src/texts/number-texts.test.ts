import { describe, expect, it } from "vitest";
import { dollars, tenths, thousandths } from "./number-texts.ts";

describe("numbers as text", () => {
  it.each([
    [0, "0"],
    [0.04, "0"],
    [0.05, "0.1"],
    [3, "3"],
    [12.34, "12.3"],
    [100.96, "101"],
  ])("tenths of %d ms", (given, text) => expect(tenths(given)).toBe(text));

  it.each([
    [0, "0"],
    [0.0004, "0"],
    [0.001, "0.001"],
    [0.25, "0.25"],
    [1234.5678, "1234.568"],
    [600_000, "600000"],
  ])("thousandths of %d ms", (given, text) => expect(thousandths(given)).toBe(text));

  it.each([
    [0, "0"],
    [1, "0.000000001"],
    [106_650, "0.00010665"],
    [1_500_000_000, "1.5"],
    [12_000_000_000, "12"],
    [9_007_199_254_740_991, "9007199.254740991"],
  ])("%d nano-dollars", (given, text) => expect(dollars(given)).toBe(text));

  it("prints what a number would print", () => {
    for (let at = 0; at < 2000; at += 1) {
      const units = (at * 7_919) % 50_000;
      expect(Number(thousandths(units / 1000))).toBe(units / 1000);
      expect(Number(dollars(units))).toBe(units / 1e9);
    }
  });
});
