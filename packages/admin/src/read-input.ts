/** What came over the wire → one checked input: path parameters, query and body members together. */

import * as z from "zod";
import type { Endpoint } from "./endpoint.ts";
import { explained, wordsOf } from "./explain.ts";
import { InputProblem } from "./input-problem.ts";

export interface Wire {
  readonly params: Readonly<Record<string, string>>;
  /** A name that stands there more than once has a list. */
  readonly query: Readonly<Record<string, string | readonly string[]>>;
  /** Undefined: there was none. */
  readonly body: unknown;
}

/** Throws an InputProblem. */
export function readInput<Input extends z.ZodObject>(row: Endpoint<Input>, wire: Wire): z.output<Input> {
  const given = collect(row, wire);
  refuseUnstorable(given, "");
  const parsed = row.input.safeParse(given, { error: wordsOf });
  if (parsed.success) return parsed.data;
  throw explained(parsed.error.issues, given, Object.keys(row.input.shape));
}

/** The names among the given ones that are kept but not in force. */
export function storedOnlyOf(row: Endpoint, input: Readonly<Record<string, unknown>>): readonly string[] {
  return (row.storedOnly ?? []).filter((field) => saysSomething(input[field]));
}

/** Clients that send every field send empty ones, too. */
function saysSomething(value: unknown): boolean {
  if (value === undefined || value === null || value === false) return false;
  return typeof value !== "object" || Object.keys(value).length > 0;
}

function collect(row: Endpoint, { params, query, body }: Wire): Record<string, unknown> {
  const given: Record<string, unknown> = { ...bodyMembers(row, body) };
  for (const [name, value] of Object.entries(query)) {
    if (row.method !== "GET" && row.method !== "DELETE" && !row.query?.includes(name)) throw inQuery(row, name);
    add(given, name, fromText(row.input.shape[name], value));
  }
  for (const [name, value] of Object.entries(params)) add(given, name, value);
  return given;
}

function bodyMembers(row: Endpoint, body: unknown): object {
  if (body === undefined) return {};
  if (row.bodyIn !== undefined) return { [row.bodyIn]: body };
  if (typeof body !== "object" || body === null || Array.isArray(body))
    throw new InputProblem(400, 'The request body must be a JSON object, such as {"name": "value"}.', null);
  if (row.nulls === "clear") return body;
  return Object.fromEntries(Object.entries(body).filter(([, value]) => value !== null));
}

function add(given: Record<string, unknown>, name: string, value: unknown): void {
  if (name === "__proto__") throw notText(name);
  if (Object.hasOwn(given, name) && given[name] !== value)
    throw new InputProblem(400, `The field '${name}' is given twice, with different values. Give it once.`, name);
  given[name] = value;
}

function inQuery(row: Endpoint, name: string): InputProblem {
  const shown = name.slice(0, 200);
  return new InputProblem(400, `'${shown}' stands in the address. ${row.method} ${row.path} takes its fields in the JSON body.`, shown);
}

/** Addresses hold nothing but texts: here, and only here, they become what the schema wants. What does not fit stays for zod to refuse. */
function fromText(schema: unknown, value: string | readonly string[]): unknown {
  const inner = unwrapped(schema);
  if (inner instanceof z.ZodArray) return [value].flat().flatMap(separated);
  const text = typeof value === "string" ? value : value.at(-1);
  if (text === undefined) return undefined;
  if (inner instanceof z.ZodNumber) return /^-?\d+(\.\d+)?(e\d+)?$/i.test(text) ? Number(text) : text;
  if (inner instanceof z.ZodBoolean) return flags.get(text.toLowerCase()) ?? text;
  // "?team_id=" is how forms say that nothing was chosen.
  return text === "" && inner instanceof z.ZodType && !inner.safeParse("").success ? undefined : text;
}

function separated(text: string): readonly string[] {
  return text
    .split(",")
    .map((each) => each.trim())
    .filter((each) => each !== "");
}

const flags: ReadonlyMap<string, boolean> = new Map([
  ...(["true", "1", "yes", "on"].map((word) => [word, true]) as [string, boolean][]),
  ...(["false", "0", "no", "off"].map((word) => [word, false]) as [string, boolean][]),
]);

function unwrapped(schema: unknown): unknown {
  if (schema instanceof z.ZodOptional || schema instanceof z.ZodNullable || schema instanceof z.ZodDefault)
    return unwrapped(schema.unwrap());
  return schema;
}

/** Deeper values are refused before they overflow a stack elsewhere. */
const MAX_DEPTH = 100;

/** Null bytes and halves of characters fit in no database. */
function refuseUnstorable(value: unknown, path: string, depth = 0): void {
  if (typeof value === "string") {
    if (unstorable.test(value)) throw notText(path);
  } else if (typeof value === "object" && value !== null) {
    if (depth > MAX_DEPTH)
      throw new InputProblem(400, `The field '${path.slice(0, 200)}' is nested more than ${MAX_DEPTH} levels deep.`, null);
    for (const [name, inner] of Object.entries(value)) {
      const here = path === "" ? name : depth < 4 ? `${path}.${name}` : path;
      if (name === "__proto__" || unstorable.test(name)) throw notText(here.replace(unstorable, "�"));
      refuseUnstorable(inner, here, depth + 1);
    }
  }
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: it is what is looked for
const unstorable = /\u0000|\p{Surrogate}/u;

function notText(path: string): InputProblem {
  const param = path.slice(0, 200);
  return new InputProblem(
    422,
    `The field '${param}' holds a null byte, half a character or a reserved name, which cannot be stored.`,
    param,
  );
}
