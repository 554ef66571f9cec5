/** The kinds of values that settings take, as forgiving as LiteLLM: `"600"` is a number, `on` is true. Issue messages say what was expected. */

import * as z from "zod";

function kind<Value>(expected: string, read: (value: unknown) => Value | undefined) {
  return z.unknown().transform((value, context) => {
    const known = read(value);
    if (known !== undefined) return known;
    context.addIssue({ code: "custom", message: expected });
    return z.NEVER;
  });
}

const switches: Readonly<Record<string, boolean>> = {
  true: true,
  yes: true,
  on: true,
  "1": true,
  false: false,
  no: false,
  off: false,
  "0": false,
};

/** True or false, also as the texts that people write into variables; undefined: neither. */
export function readFlag(value: unknown): boolean | undefined {
  return typeof value === "boolean" ? value : switches[String(value).toLowerCase()];
}

export function readNumber(value: unknown): number | undefined {
  const number = typeof value === "string" && value.trim() !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}

function readText(value: unknown): string | undefined {
  if (typeof value === "string") return value;
  return typeof value === "number" ? String(value) : undefined;
}

function readNames(value: unknown): readonly string[] | undefined {
  if (typeof value === "string") return [value];
  return Array.isArray(value) && value.every((each) => typeof each === "string") ? value : undefined;
}

function isRecord(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

export const text = kind("a text", readText);
export const flag = kind("true or false", readFlag);
export const number = kind("a number", readNumber);
export const count = kind("a whole number from 0", (value) => {
  const read = readNumber(value);
  return read !== undefined && Number.isInteger(read) && read >= 0 ? read : undefined;
});
export const seconds = kind("a number of seconds from 0", (value) => {
  const read = readNumber(value);
  return read !== undefined && read >= 0 ? read : undefined;
});
export const amount = kind("a number from 0", (value) => {
  const read = readNumber(value);
  return read !== undefined && read >= 0 ? read : undefined;
});
export const names = kind("a list of texts", readNames);
export const record = kind("a map", (value) => (isRecord(value) ? value : undefined));
export const records = kind("a list of maps", (value) => (Array.isArray(value) && value.every(isRecord) ? value : undefined));
export const oneOf = <const Word extends string>(...words: readonly Word[]) =>
  kind(`one of ${words.join(", ")}`, (value) => words.find((word) => word === value));
export const list = kind("a list", (value) => (Array.isArray(value) ? (value as readonly unknown[]) : undefined));
/** `false`, `true`, or the path of a file. */
export const flagOrPath = kind("true, false or the path of a file", (value) => readFlag(value) ?? readText(value));
export const textOrNames = kind(
  "a text or a list of texts",
  (value): string | readonly string[] | undefined => readText(value) ?? readNames(value),
);

/** `[{ "name": ["other", …] }]`, or one map instead of the list; entries may be maps with a `model`. */
export const fallbackLists = kind("a list of maps from a model name to a list of model names", (value) => {
  const maps = Array.isArray(value) ? value : [value];
  const read = new Map<string, readonly string[]>();
  for (const map of maps) {
    if (!isRecord(map)) return undefined;
    for (const [name, others] of Object.entries(map)) {
      const models = readModels(others);
      if (!models) return undefined;
      read.set(name, [...(read.get(name) ?? []), ...models]);
    }
  }
  return read as ReadonlyMap<string, readonly string[]>;
});

/** Model names; LiteLLM also takes maps with a `model` and overrides. */
export const modelNames = kind("a list of model names", readModels);

function readModels(value: unknown): readonly string[] | undefined {
  const models = (Array.isArray(value) ? value : [value]).map((each) => (isRecord(each) ? each["model"] : each));
  return models.every((each) => typeof each === "string") ? models : undefined;
}

/** `{ alias: "name" }` or `{ alias: { model: "name", hidden: true } }`. */
export const aliases = kind("a map from an alias to a model name", (value) => {
  if (!isRecord(value)) return undefined;
  const read = new Map<string, { readonly model: string; readonly hidden: boolean }>();
  for (const [alias, meant] of Object.entries(value)) {
    const model = isRecord(meant) ? meant["model"] : meant;
    if (typeof model !== "string") return undefined;
    read.set(alias, { model, hidden: isRecord(meant) && readFlag(meant["hidden"]) === true });
  }
  return read as ReadonlyMap<string, { readonly model: string; readonly hidden: boolean }>;
});

/** `{ TimeoutErrorRetries: 3 }`. */
export const counts = kind("a map from an error's name to a number", readCounts);
export const countsByName = kind("a map from a model name to a map from an error's name to a number", (value) => {
  if (!isRecord(value)) return undefined;
  const read = new Map<string, Readonly<Record<string, number>>>();
  for (const [name, policy] of Object.entries(value)) {
    const policyRead = readCounts(policy);
    if (!policyRead) return undefined;
    read.set(name, policyRead);
  }
  return read as ReadonlyMap<string, Readonly<Record<string, number>>>;
});

function readCounts(value: unknown): Readonly<Record<string, number>> | undefined {
  if (!isRecord(value)) return undefined;
  const read: Record<string, number> = {};
  for (const [name, each] of Object.entries(value)) {
    if (each === null) continue;
    const known = readNumber(each);
    if (known === undefined) return undefined;
    read[name] = known;
  }
  return read;
}
