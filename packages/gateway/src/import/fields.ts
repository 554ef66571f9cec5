/** Reads values of rows whose shape another program, of whatever version, decided. */

import { isDuration } from "../limits/windows.ts";

export type Fields = Readonly<Record<string, unknown>>;

/** Undefined for anything else and for "". */
export function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}

export function amountOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) ? value : undefined;
}

export function textsOf(value: unknown): readonly string[] {
  return Array.isArray(value) ? value.filter((each): each is string => typeof each === "string" && each !== "") : [];
}

/** Older versions kept some objects as JSON in a text. */
export function structureOf(value: unknown): unknown {
  if (typeof value !== "string") return value;
  try {
    return JSON.parse(value) as unknown;
  } catch {
    return value;
  }
}

export function mapOf(value: unknown): Fields | undefined {
  const read = structureOf(value);
  return read !== null && typeof read === "object" && !Array.isArray(read) ? (read as Fields) : undefined;
}

/** Their columns hold UTC and do not say so. */
export function momentOf(value: unknown): string | null {
  if (typeof value !== "string" || Number.isNaN(Date.parse(value))) return null;
  return /(?:Z|[+-]\d\d(?::?\d\d)?)$/.test(value) ? value : `${value}Z`;
}

/** Of these fields those that say something: nothing, an empty list and an empty object all mean "not set". */
export function said(row: Fields, names: readonly string[]): Record<string, unknown> {
  return Object.fromEntries(names.map((name) => [name, row[name]] as const).filter(([, value]) => !isEmpty(value)));
}

function isEmpty(value: unknown): boolean {
  if (value === null || value === undefined || value === "") return true;
  return typeof value === "object" && Object.keys(value).length === 0;
}

const durationFields: ReadonlySet<string> = new Set(["budget_duration", "time_period"]);

/** Without durations that no window can be made of, at any depth; each is told. */
export function withReadableDurations<Value>(value: Value, onDropped: (duration: string) => void): Value {
  if (Array.isArray(value)) return value.map((each) => withReadableDurations(each, onDropped)) as Value;
  if (value === null || typeof value !== "object") return value;
  const kept = Object.entries(value).flatMap(([name, each]) => {
    // What people put into metadata is theirs.
    if (name === "metadata") return [[name, each]];
    if (!durationFields.has(name) || typeof each !== "string" || isDuration(each)) return [[name, withReadableDurations(each, onDropped)]];
    onDropped(each);
    return [];
  });
  return Object.fromEntries(kept) as Value;
}
