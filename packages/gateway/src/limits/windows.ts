/** Budget windows by the calendar: which one a moment falls into, for durations such as `30m`, `1d` or `1mo`. */

import { DateTime } from "luxon";

export interface Window {
  /** Milliseconds since 1970; 0 for the one that never ends. */
  readonly from: number;
  /** Its end, which belongs to the next one; undefined: never. */
  readonly until?: number;
}

const SECOND = 1_000;
const MINUTE = 60 * SECOND;
const HOUR = 60 * MINUTE;
const DAY = 24 * HOUR;
/** Days after 1970-01-01, a Thursday. */
const FIRST_MONDAY = 4;

const always: Window = { from: 0 };
const duration = /^([1-9]\d{0,4}(?=\D)|[1-9]\d{0,8}(?=[smh]$))(s|m|h|d|w|mo)$/;

/** Windows of one time zone. Each duration's window is worked out once and kept until it is over. */
export interface Windows {
  /** Undefined duration: for ever. Throws a TypeError for a text that is no duration. */
  at(length: string | undefined, now: number): Window;
}

export function createWindows(zone: string): Windows {
  const kept = new Map<string, Window>();
  return {
    at(length, now) {
      if (length === undefined) return always;
      const known = kept.get(length);
      if (known?.until !== undefined && now >= known.from && now < known.until) return known;
      const found = windowAt(length, now, zone);
      kept.set(length, found);
      return found;
    },
  };
}

export function isDuration(text: string): boolean {
  return duration.test(text);
}

function windowAt(length: string, now: number, zone: string): Window {
  const [, count = "", unit = ""] = duration.exec(length) ?? [];
  const n = Number(count);
  if (unit === "s") return multiple(now, n * SECOND);
  if (unit === "m") return multiple(now, n * MINUTE);
  const local = DateTime.fromMillis(now, { zone });
  if (!local.isValid || unit === "")
    throw new TypeError(`'${length}' in time zone '${zone}' is no window: write 30s, 15m, 24h, 7d, 1w or 1mo.`);
  if (unit === "h") return n % 24 === 0 ? days(local, n / 24) : hours(local, n);
  if (unit === "mo") return months(local, n);
  if (unit === "w") return days(local, n * 7, FIRST_MONDAY);
  // As LiteLLM has it: a week begins on Monday, thirty days are a month.
  if (n === 30) return months(local, 1);
  return days(local, n, n % 7 === 0 ? FIRST_MONDAY : 0);
}

function multiple(now: number, length: number): Window {
  const from = Math.floor(now / length) * length;
  return { from, until: from + length };
}

function hours(local: DateTime, n: number): Window {
  const now = local.toMillis();
  if (n === 1) {
    // By the offset of this moment: where the clocks go back, the hour that comes twice is two windows.
    const shift = local.offset * MINUTE;
    const { from, until } = multiple(now + shift, HOUR);
    return { from: from - shift, until: (until ?? 0) - shift };
  }
  if (24 % n !== 0) return multiple(now, n * HOUR);
  // From midnight, by what the clock on the wall shows; both of an hour that comes twice are in one window.
  const midnight = local.startOf("day");
  let from = midnight;
  for (let hour = n; hour <= 24; hour += n) {
    const next = hour === 24 ? midnight.plus({ days: 1 }).startOf("day") : midnight.set({ hour });
    if (now < next.toMillis()) return { from: from.toMillis(), until: next.toMillis() };
    from = next;
  }
  return multiple(now, n * HOUR);
}

function days(local: DateTime, n: number, first = 0): Window {
  const today = Math.floor(Date.UTC(local.year, local.month - 1, local.day) / DAY);
  const into = mod(today - first, n);
  const from = local.startOf("day").minus({ days: into }).startOf("day");
  return { from: from.toMillis(), until: from.plus({ days: n }).startOf("day").toMillis() };
}

function months(local: DateTime, n: number): Window {
  const into = mod(local.year * 12 + local.month - 1, n);
  const from = local.startOf("month").minus({ months: into }).startOf("month");
  return { from: from.toMillis(), until: from.plus({ months: n }).startOf("month").toMillis() };
}

function mod(a: number, n: number): number {
  return ((a % n) + n) % n;
}
