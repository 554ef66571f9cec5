import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { createWindows, isDuration } from "./windows.ts";

const table: readonly (readonly [about: string, length: string, zone: string, now: string, from: string, until: string])[] = [
  ["seconds in multiples", "5s", "UTC", "2026-03-01T10:00:07Z", "2026-03-01T10:00:05Z", "2026-03-01T10:00:10Z"],
  ["minutes in multiples", "30m", "UTC", "2026-03-01T10:59:59Z", "2026-03-01T10:30:00Z", "2026-03-01T11:00:00Z"],
  ["hours on the hour", "1h", "UTC", "2026-03-01T10:59:59Z", "2026-03-01T10:00:00Z", "2026-03-01T11:00:00Z"],
  [
    "the hour of a zone that is half an hour off",
    "1h",
    "Asia/Kolkata",
    "2026-03-01T10:40:00Z",
    "2026-03-01T10:30:00Z",
    "2026-03-01T11:30:00Z",
  ],
  ["six hours from midnight", "6h", "Europe/Berlin", "2026-01-10T12:30:00Z", "2026-01-10T11:00:00Z", "2026-01-10T17:00:00Z"],
  ["the last quarter of a day", "6h", "UTC", "2026-01-10T23:59:59Z", "2026-01-10T18:00:00Z", "2026-01-11T00:00:00Z"],
  ["24 hours are a day", "24h", "Europe/Berlin", "2026-01-10T23:30:00Z", "2026-01-10T23:00:00Z", "2026-01-11T23:00:00Z"],
  ["a day from midnight", "1d", "UTC", "2026-01-10T23:59:59.999Z", "2026-01-10T00:00:00Z", "2026-01-11T00:00:00Z"],
  ["midnight itself is the next day", "1d", "UTC", "2026-01-11T00:00:00Z", "2026-01-11T00:00:00Z", "2026-01-12T00:00:00Z"],
  ["a day of 23 hours", "1d", "Europe/Berlin", "2026-03-29T10:00:00Z", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"],
  ["a day of 25 hours", "1d", "Europe/Berlin", "2026-10-25T10:00:00Z", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"],
  ["a midnight that does not exist", "1d", "America/Santiago", "2026-09-06T12:00:00Z", "2026-09-06T04:00:00Z", "2026-09-07T03:00:00Z"],
  ["the first of two equal hours", "1h", "Europe/Berlin", "2026-10-25T00:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T01:00:00Z"],
  ["the second of two equal hours", "1h", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T01:00:00Z", "2026-10-25T02:00:00Z"],
  ["two hours that take three", "2h", "Europe/Berlin", "2026-10-25T01:30:00Z", "2026-10-25T00:00:00Z", "2026-10-25T03:00:00Z"],
  ["a week from Monday", "7d", "UTC", "2026-03-01T10:00:00Z", "2026-02-23T00:00:00Z", "2026-03-02T00:00:00Z"],
  ["the same by its name", "1w", "UTC", "2026-03-02T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-09T00:00:00Z"],
  ["two weeks from a Monday", "14d", "UTC", "2026-03-04T00:00:00Z", "2026-03-02T00:00:00Z", "2026-03-16T00:00:00Z"],
  ["thirty days are a month", "30d", "UTC", "2026-03-31T10:00:00Z", "2026-03-01T00:00:00Z", "2026-04-01T00:00:00Z"],
  ["February of a leap year", "1mo", "UTC", "2028-02-29T10:00:00Z", "2028-02-01T00:00:00Z", "2028-03-01T00:00:00Z"],
  ["a leap day", "1d", "UTC", "2028-02-29T10:00:00Z", "2028-02-29T00:00:00Z", "2028-03-01T00:00:00Z"],
  ["the year's end", "1mo", "America/New_York", "2027-01-01T04:59:59Z", "2026-12-01T05:00:00Z", "2027-01-01T05:00:00Z"],
  ["a quarter of a year", "3mo", "UTC", "2026-06-30T10:00:00Z", "2026-04-01T00:00:00Z", "2026-07-01T00:00:00Z"],
  ["a year", "12mo", "UTC", "2026-06-30T10:00:00Z", "2026-01-01T00:00:00Z", "2027-01-01T00:00:00Z"],
];

describe("budget windows", () => {
  it.each(["2592000s", "99999mo", "999999999h"])("take %s", (text) => expect(createWindows("UTC").at(text, 0).until).toBeGreaterThan(0));

  it.each(table)("%s: %s in %s at %s", (_, length, zone, now, from, until) => {
    const found = createWindows(zone).at(length, Date.parse(now));
    expect([found.from, found.until].map((each) => new Date(each ?? 0).toISOString())).toEqual(
      [from, until].map((each) => new Date(each).toISOString()),
    );
  });

  it("never end without a duration", () => expect(createWindows("UTC").at(undefined, 5)).toEqual({ from: 0 }));

  it("follow a clock that jumps back and forth", () => {
    const windows = createWindows("UTC");
    const noon = Date.parse("2026-03-01T12:00:00Z");
    const first = windows.at("1d", noon);
    expect(windows.at("1d", noon + 1)).toBe(first);
    expect(windows.at("1d", noon + 86_400_000).from).toBe(first.until);
    expect(windows.at("1d", noon)).toEqual(first);
  });

  it("lie side by side, without a gap, in every zone", () => {
    const zones = ["UTC", "Europe/Berlin", "America/Santiago", "Australia/Lord_Howe", "Asia/Kathmandu"];
    const lengths = ["7s", "45m", "1h", "2h", "5h", "6h", "12h", "36h", "1d", "3d", "1w", "2w", "30d", "1mo", "5mo"];
    const start = Date.parse("2025-01-01T00:00:00Z");
    fc.assert(
      fc.property(
        fc.constantFrom(...zones),
        fc.constantFrom(...lengths),
        fc.integer({ min: 0, max: 4 * 366 * 86_400 }),
        (zone, length, seconds) => {
          const now = start + seconds * 1000;
          const { from, until = 0 } = createWindows(zone).at(length, now);
          expect(from).toBeLessThanOrEqual(now);
          expect(until).toBeGreaterThan(now);
          expect(createWindows(zone).at(length, from)).toEqual({ from, until });
          expect(createWindows(zone).at(length, until - 1)).toEqual({ from, until });
          expect(createWindows(zone).at(length, until).from).toBe(until);
        },
      ),
      { numRuns: 300 },
    );
  });

  it.each(["", "0d", "-1d", "1.5h", "1y", "d", "1 d", "999999mo", "9999999999s"])("refuse '%s'", (text) => {
    expect(isDuration(text)).toBe(false);
    expect(() => createWindows("UTC").at(text, 0)).toThrow(TypeError);
  });
});
