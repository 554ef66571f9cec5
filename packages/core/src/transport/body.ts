/** A request body as it came, where each top-level member stands in it, and the one way to change it without re-serialising. */

import { isUtf8 } from "node:buffer";
import { GatewayError } from "../errors.ts";
import { CLOSE, CLOSE_LIST, COMMA, isSpace, OPEN, OPEN_LIST, QUOTE } from "./json-bytes.ts";
import { type Span, scanObject } from "./scan-object.ts";

/** All that may be done to a body: a nested change rewrites its top-level member. */
export interface Patch {
  readonly set?: Readonly<Record<string, unknown>>;
  readonly remove?: readonly string[];
}

interface Edit {
  readonly from: number;
  readonly to: number;
  readonly text: string;
}

/** `missing` for null, too. */
export type Shape = "missing" | "text" | "empty text" | "object" | "list" | "empty list" | "boolean" | "number";

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
    const spans = scanObject(raw);
    // Only a parser can say what is wrong.
    if (!spans) return Body.of(parseObject(raw));
    return new Body(raw, spans, undefined);
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
  /** Whether any member has one of these names. */
  hasAny(names: ReadonlySet<string>): boolean {
    for (const name of this.#spans.keys()) if (names.has(name)) return true;
    return false;
  }
  /** One member, parsed alone as long as nobody asked for the whole. */
  get(name: string): unknown {
    const span = this.#spans.get(name);
    if (!span) return undefined;
    if (this.#json) return this.#json[name];
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
  patched({ set = nothing, remove = noNames }: Patch): Buffer {
    const edits: Edit[] = [];
    const added: string[] = [];
    for (const name in set) {
      const text: string | undefined = JSON.stringify(set[name]);
      if (text === undefined) continue;
      const span = this.#spans.get(name);
      if (!span) added.push(`${JSON.stringify(name)}:${text}`);
      else if (!this.#stands(text, span)) edits.push({ from: span.valueFrom, to: span.valueTo, text });
    }
    const kept = remove.length === 0 ? this.#spans.size : this.#cut(remove, set, edits);
    if (edits.length === 0 && added.length === 0) return this.raw;
    return this.#splice(edits, added, kept);
  }

  /** The value is there already, letter for letter. */
  #stands(text: string, { valueFrom, valueTo }: Span): boolean {
    return text.length === valueTo - valueFrom && text === this.raw.toString("latin1", valueFrom, valueTo);
  }

  /** How many members are left. */
  #cut(remove: readonly string[], set: Readonly<Record<string, unknown>>, edits: Edit[]): number {
    const gone = new Set<string>();
    for (const name of remove) {
      const span = this.#spans.get(name);
      if (!span || gone.has(name) || (Object.hasOwn(set, name) && set[name] !== undefined)) continue;
      gone.add(name);
      edits.push({ from: span.from, to: this.#endWithComma(span.valueTo), text: "" });
    }
    return this.#spans.size - gone.size;
  }

  #endWithComma(valueTo: number): number {
    let at = valueTo;
    while (isSpace(this.raw[at])) at += 1;
    return this.raw[at] === COMMA ? at + 1 : valueTo;
  }

  /** The usual patch: another model in its place. */
  #replaced({ from, to, text }: Edit): Buffer {
    const { raw } = this;
    const size = Buffer.byteLength(text);
    const bytes = Buffer.allocUnsafe(raw.length - (to - from) + size);
    raw.copy(bytes, 0, 0, from);
    bytes.write(text, from);
    raw.copy(bytes, from + size, to);
    return bytes;
  }

  #splice(edits: Edit[], added: readonly string[], kept: number): Buffer {
    const [only] = edits;
    if (only && edits.length === 1 && added.length === 0 && only.text !== "") return this.#replaced(only);
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
    pieces.push(this.raw.subarray(at, close));
    dropLastComma(pieces);
    const tail = added.length > 0 ? `${kept > 0 ? "," : ""}${added.join(",")}}` : "}";
    pieces.push(Buffer.from(tail));
    return Buffer.concat(pieces);
  }
}

const nothing: Readonly<Record<string, unknown>> = {};
const noNames: readonly string[] = [];

/** When the last member was removed, the comma before it is one too many. */
function dropLastComma(pieces: Buffer[]): void {
  for (;;) {
    const last = pieces.pop();
    if (!last) return;
    let end = last.length;
    while (end > 0 && isSpace(last[end - 1])) end -= 1;
    if (end === 0) continue;
    pieces.push(last[end - 1] === COMMA ? last.subarray(0, end - 1) : last.subarray(0, end));
    return;
  }
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
