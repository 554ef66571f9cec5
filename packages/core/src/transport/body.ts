/** A request body as it came, where each top-level member stands in it, and the one way to change it without re-serialising. */

import { isUtf8 } from "node:buffer";
import { GatewayError } from "../errors.ts";

/** All that may be done to a body: a nested change rewrites its top-level member. */
export interface Patch {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

/** Beyond this size a body is scanned but not parsed, until somebody asks for `json`. */
const PARSE_AT_ONCE = 16_384;
const MAX_DEPTH = 128;

/** `missing` for null, too. */
export type Shape = "missing" | "text" | "empty text" | "object" | "list" | "empty list" | "boolean" | "number";

interface Span {
  /** Of the member's name with its quote. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

/** Bytes as they came; never changed: each attempt starts from it anew. */
export class Body {
  readonly raw: Buffer;
  readonly #spans: Map<string, Span>;
  #json: Readonly<Record<string, unknown>> | undefined;
  readonly #members = new Map<string, unknown>();

  private constructor(raw: Buffer, spans: Map<string, Span>, json: Readonly<Record<string, unknown>> | undefined) {
    this.raw = raw;
    this.#spans = spans;
    this.#json = json;
  }

  /** Throws a GatewayError (bad_request) that says what is wrong with the JSON. */
  static read(raw: Buffer): Body {
    if (!isUtf8(raw)) throw new GatewayError("bad_request", "The request body is not valid UTF-8. Send JSON encoded as UTF-8.");
    const scan = scanObject(raw);
    if (!scan) {
      // Escaped names or something odd: only a parser knows.
      const json = parseObject(raw);
      return Body.of(json);
    }
    return new Body(raw, scan, raw.length <= PARSE_AT_ONCE ? parseObject(raw) : undefined);
  }

  /** A body from an object, for the library and for tests. */
  static of(json: Readonly<Record<string, unknown>>): Body {
    const raw = Buffer.from(JSON.stringify(json));
    return new Body(raw, scanObject(raw) ?? new Map(), json);
  }

  get json(): Readonly<Record<string, unknown>> {
    this.#json ??= parseObject(this.raw);
    return this.#json;
  }

  get names(): Iterable<string> {
    return this.#spans.keys();
  }
  has(name: string): boolean {
    return this.#spans.has(name);
  }
  /** One member, parsed alone when the whole is large. */
  get(name: string): unknown {
    if (this.#json) return this.#json[name];
    const span = this.#spans.get(name);
    if (!span) return undefined;
    if (this.#members.has(name)) return this.#members.get(name);
    const value = parse(this.raw.toString("utf8", span.valueFrom, span.valueTo));
    this.#members.set(name, value);
    return value;
  }
  /** What kind of value a member is, told by its bytes alone. */
  shape(name: string): Shape {
    const span = this.#spans.get(name);
    if (!span) return "missing";
    const first = this.raw[span.valueFrom];
    if (first === QUOTE) return span.valueTo - span.valueFrom === 2 ? "empty text" : "text";
    if (first === OPEN) return "object";
    if (first === OPEN_LIST) {
      let at = span.valueFrom + 1;
      while (isSpace(this.raw[at])) at += 1;
      return this.raw[at] === CLOSE_LIST ? "empty list" : "list";
    }
    if (first === 0x6e) return "missing";
    return first === 0x74 || first === 0x66 ? "boolean" : "number";
  }
  /** Where a member's value stands. */
  span(name: string): readonly [start: number, end: number] | undefined {
    const span = this.#spans.get(name);
    return span && [span.valueFrom, span.valueTo];
  }

  /** The bytes with a patch applied; the same buffer when there is nothing to do. */
  patched(patch: Patch): Buffer {
    const removed = patch.remove ?? [];
    const set = patch.set ?? {};
    const edits: { from: number; to: number; text: string }[] = [];
    const added: string[] = [];
    for (const name in set) {
      const value = set[name];
      if (value === undefined) continue;
      const text = JSON.stringify(value);
      const span = this.#spans.get(name);
      if (span) edits.push({ from: span.valueFrom, to: span.valueTo, text });
      else added.push(`${JSON.stringify(name)}:${text}`);
    }
    let kept = this.#spans.size;
    for (const name of removed) {
      if (Object.hasOwn(set, name)) continue;
      const span = this.#spans.get(name);
      if (!span) continue;
      kept -= 1;
      edits.push({ from: span.from, to: this.#endWithComma(span.valueTo), text: "" });
    }
    if (edits.length === 0 && added.length === 0) return this.raw;
    return this.#splice(edits, added, kept);
  }

  #endWithComma(valueTo: number): number {
    let at = valueTo;
    while (isSpace(this.raw[at])) at += 1;
    return this.raw[at] === COMMA ? at + 1 : valueTo;
  }

  #splice(edits: { from: number; to: number; text: string }[], added: readonly string[], kept: number): Buffer {
    edits.sort((a, b) => a.from - b.from);
    const pieces: Buffer[] = [];
    let at = 0;
    for (const edit of edits) {
      if (edit.from > at) pieces.push(this.raw.subarray(at, edit.from));
      if (edit.text) pieces.push(Buffer.from(edit.text));
      at = edit.to;
    }
    let close = this.raw.length - 1;
    while (this.raw[close] !== CLOSE) close -= 1;
    // The last member may have been removed: then the comma before it is one too many.
    const rest = this.raw.subarray(at, close);
    if (rest.length > 0) pieces.push(rest);
    let last = Buffer.concat(pieces);
    let end = last.length;
    while (end > 0 && isSpace(last[end - 1])) end -= 1;
    if (last[end - 1] === COMMA) last = last.subarray(0, end - 1);
    const tail = added.length > 0 ? `${kept > 0 ? "," : ""}${added.join(",")}}` : "}";
    return Buffer.concat([last, Buffer.from(tail)]);
  }
}

const QUOTE = 0x22;
const BACKSLASH = 0x5c;
const OPEN = 0x7b;
const CLOSE = 0x7d;
const OPEN_LIST = 0x5b;
const CLOSE_LIST = 0x5d;
const COLON = 0x3a;
const COMMA = 0x2c;

function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Where the top-level members of an object stand. Undefined when only a parser can tell (escaped names, no object, broken).
 * Throws bad_request for duplicates and too deep nesting.
 */
function scanObject(raw: Buffer): Map<string, Span> | undefined {
  const spans = new Map<string, Span>();
  const length = raw.length;
  let at = 0;
  while (isSpace(raw[at])) at += 1;
  if (raw[at] !== OPEN) return undefined;
  at += 1;
  for (;;) {
    while (isSpace(raw[at])) at += 1;
    if (raw[at] === CLOSE && spans.size === 0) break;
    if (raw[at] !== QUOTE) return undefined;
    const from = at;
    at += 1;
    while (at < length && raw[at] !== QUOTE) {
      if (raw[at] === BACKSLASH) return undefined;
      at += 1;
    }
    const name = raw.toString("utf8", from + 1, at);
    at += 1;
    while (isSpace(raw[at])) at += 1;
    if (raw[at] !== COLON) return undefined;
    at += 1;
    while (isSpace(raw[at])) at += 1;
    const valueFrom = at;
    at = skipValue(raw, at);
    if (at < 0) return undefined;
    if (spans.has(name)) throw duplicate(name);
    spans.set(name, { from, valueFrom, valueTo: at });
    while (isSpace(raw[at])) at += 1;
    if (raw[at] === COMMA) {
      at += 1;
      continue;
    }
    if (raw[at] === CLOSE) break;
    return undefined;
  }
  at += 1;
  while (isSpace(raw[at])) at += 1;
  return at === length ? spans : undefined;
}

/** The position after the value that begins here; -1 when it is broken. */
function skipValue(raw: Buffer, start: number): number {
  const length = raw.length;
  let at = start;
  let depth = 0;
  while (at < length) {
    const byte = raw[at];
    if (byte === QUOTE) {
      at += 1;
      for (;;) {
        if (at >= length) return -1;
        const inside = raw[at];
        if (inside === QUOTE) break;
        at += inside === BACKSLASH ? 2 : 1;
      }
      at += 1;
      if (depth === 0) return at;
      continue;
    }
    if (byte === OPEN || byte === OPEN_LIST) {
      depth += 1;
      if (depth >= MAX_DEPTH) throw tooDeep();
    } else if (byte === CLOSE || byte === CLOSE_LIST) {
      if (depth === 0) return at > start ? at : -1;
      depth -= 1;
      if (depth === 0) return at + 1;
    } else if (depth === 0 && (byte === COMMA || isSpace(byte))) {
      return at > start ? at : -1;
    }
    at += 1;
  }
  return -1;
}

function parseObject(raw: Buffer): Readonly<Record<string, unknown>> {
  const value = parse(raw.toString());
  if (value === null || typeof value !== "object" || Array.isArray(value)) {
    throw new GatewayError("bad_request", `The request body must be a JSON object, but it is ${kindOf(value)}.`);
  }
  return value as Record<string, unknown>;
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError("bad_request", `The request body is not valid JSON: ${why}.`, { cause });
  }
}

function kindOf(value: unknown): string {
  if (value === null) return "null";
  if (Array.isArray(value)) return "a list";
  return `a ${typeof value}`;
}

function duplicate(name: string): GatewayError {
  return new GatewayError("bad_request", `The request body names "${name}" twice. Send each member once.`, { param: name });
}

function tooDeep(): GatewayError {
  return new GatewayError("bad_request", `The request body is nested deeper than ${MAX_DEPTH} levels.`);
}
