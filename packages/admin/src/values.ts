/** The kinds of values that the admin API takes, each with the words of its refusal: "must be …". */

import * as z from "zod";

/** What an index of the database can hold, in four-byte letters. */
const MAX_NAME = 500;
const MAX_TEXT = 100_000;
const MAX_ITEMS = 10_000;
/** Money is counted in whole nano-dollars, exact up to 2^53. */
export const MAX_DOLLARS = 9_007_199;
const MAX_DURATION_SECONDS = 100 * 366 * 86_400;

const saidWhole = "must be a whole number, 0 or more";
export const whole = z.int(saidWhole).min(0, saidWhole);

const saidMoney = `must be a number of US dollars from 0 to ${MAX_DOLLARS}`;
export const money = z.number(saidMoney).min(0, saidMoney).max(MAX_DOLLARS, saidMoney);
/** LiteLLM's documents write some sums as texts. */
export const moneyOrText = z.union(
  [
    money,
    z
      .string()
      .regex(/^\d{1,7}(\.\d{1,12})?$/)
      .transform(Number),
  ],
  saidMoney,
);

const saidNumber = "must be a number, 0 or more";
export const amount = z.number(saidNumber).min(0, saidNumber);

const saidName = `must be a text of 1 to ${MAX_NAME} characters`;
/** Ids, aliases, names of models: what is looked up. */
export const name = z.string(saidName).min(1, saidName).max(MAX_NAME, saidName);
/** As `name`, but clients send "" for "none". */
export const nameOrEmpty = z.string(saidName).max(MAX_NAME, saidName);

const saidText = `must be a text of at most ${MAX_TEXT} characters`;
export const text = z.string(saidText).max(MAX_TEXT, saidText);

export const flag = z.boolean("must be true or false");

const saidObject = "must be an object";
export const free = z.record(z.string(), z.unknown(), saidObject);
export const names = list(name);

export function list<Item extends z.ZodType>(item: Item): z.ZodArray<Item> {
  return z.array(item, "must be a list").max(MAX_ITEMS, `must have at most ${MAX_ITEMS} items`);
}

export function map<Value extends z.ZodType>(value: Value): z.ZodRecord<z.ZodString, Value> {
  return z.record(z.string(), value, saidObject);
}

export function oneOf<const Words extends readonly [string, ...string[]]>(words: Words): z.ZodEnum<{ [Word in Words[number]]: Word }> {
  return z.enum(words, { error: `must be one of ${words.join(", ")}` });
}

const saidDuration = "must be a duration such as 30s, 30m, 30h, 30d, 1w or 1mo";
const unitSeconds: Readonly<Record<string, number>> = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800, mo: 2_678_400 };
export const duration = z.string(saidDuration).refine(isDuration, saidDuration);
const saidOrNever = `${saidDuration}, or -1 for never`;
export const durationOrNever = z.string(saidOrNever).refine((value) => value === "-1" || isDuration(value), saidOrNever);

function isDuration(value: string): boolean {
  const [, count, unit = ""] = /^(\d{1,10})(s|m|h|d|w|mo)$/.exec(value) ?? [];
  const seconds = Number(count) * (unitSeconds[unit] ?? 0);
  return seconds > 0 && seconds <= MAX_DURATION_SECONDS;
}

export const date = z.iso.date("must be a date, YYYY-MM-DD");
const saidMoment = "must be a date or a time in ISO form: YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ";
/** `2026-01-31`, `2026-01-31 12:00:00`, `2026-01-31T12:00:00Z`. */
export const moment = z.string(saidMoment).refine(isMoment, saidMoment);

function isMoment(value: string): boolean {
  const [, day, hours = "0", minutes = "0", seconds = "0"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}):(\d{2})(?::(\d{2})(?:\.\d{1,9})?)?(?:Z|[+-]\d{2}:?\d{2})?)?$/.exec(value) ?? [];
  return date.safeParse(day).success && Number(hours) < 24 && Number(minutes) < 60 && Number(seconds) < 60;
}

const saidPage = "must be a whole number from 1 to 1000000";
export const page = z.int(saidPage).min(1, saidPage).max(1_000_000, saidPage).default(1);

export function size(usual: number, most = 100): z.ZodDefault<z.ZodInt> {
  const said = `must be a whole number from 1 to ${most}`;
  return z.int(said).min(1, said).max(most, said).default(usual);
}

export const order = oneOf(["asc", "desc"]);

const saidKey = "must begin with sk- and be 8 to 200 letters, digits or one of -_.~+/= without spaces";
/** A key that somebody chose. 400 and not 422: so LiteLLM answers. */
export const chosenKey = z
  .string("must be a text that begins with sk-")
  .refine((value) => /^sk-[\w.~+/=-]{5,197}$/.test(value), { error: saidKey, params: { status: 400 } });

const saidPassword = "must be a text of 8 to 128 characters";
export const password = z.string(saidPassword).min(8, saidPassword).max(128, saidPassword);

/** An address, or a range of them. */
export const addresses = z.union([z.ipv4(), z.ipv6(), z.cidrv4(), z.cidrv6()], "must be an IP address, or a range such as 10.0.0.0/8");
