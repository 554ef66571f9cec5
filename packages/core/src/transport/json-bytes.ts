/** Walks JSON in its bytes, value by value, without parsing it. */

import { GatewayError } from "../errors.ts";
import { nameIn } from "./member-names.ts";

const MAX_DEPTH = 128;
/** Up to this size the insides of strings are checked, too; in larger bodies a provider tells of a bad escape. */
const LOOKED_INTO = 16_384;
/** Longer strings are left to a native search, which would cost more than it saves on short ones. */
const SHORT_STRING = 32;

export const COMMA = 0x2c;
export const CLOSE = 0x7d;
export const QUOTE = 0x22;
export const OPEN = 0x7b;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
const BACKSLASH = 0x5c;
const COLON = 0x3a;

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

export function skipSpaces(raw: Buffer, start: number): number {
  let at = start;
  while (isSpace(raw[at])) at += 1;
  return at;
}

/** The members of one object, in turn. */
export class Members {
  /** Of the current member's name with its quote. */
  from = 0;
  valueFrom = 0;
  valueTo = 0;
  /** When `next` said that there are no more: the position behind the closing brace, or -1 where something is broken. */
  end = -1;
  readonly #raw: Buffer;
  readonly #depth: number;
  #at: number;
  #nameTo = 0;
  /** A brace may close it here: at the beginning, or behind a value. */
  #mayClose = true;

  /** `open`: where its brace stands; `depth` counts the objects and lists around its values. */
  constructor(raw: Buffer, open: number, depth = 1) {
    this.#raw = raw;
    this.#depth = depth;
    this.#at = skipSpaces(raw, open + 1);
  }

  /** Throws bad_request where the next value is nested too deep. */
  next(): boolean {
    const raw = this.#raw;
    const from = this.#at;
    if (raw[from] === CLOSE && this.#mayClose) {
      this.end = from + 1;
      return false;
    }
    if (raw[from] !== QUOTE) return false;
    const nameTo = skipString(raw, from);
    if (nameTo < 0) return false;
    const colon = skipSpaces(raw, nameTo);
    if (raw[colon] !== COLON) return false;
    this.from = from;
    this.#nameTo = nameTo;
    this.valueFrom = skipSpaces(raw, colon + 1);
    this.valueTo = skipValue(raw, this.valueFrom, this.#depth);
    return this.valueTo >= 0 && this.#passComma();
  }

  #passComma(): boolean {
    const after = skipSpaces(this.#raw, this.valueTo);
    this.#mayClose = this.#raw[after] === CLOSE;
    this.#at = this.#mayClose ? after : skipSpaces(this.#raw, after + 1);
    return this.#mayClose || this.#raw[after] === COMMA;
  }

  /** The name of the current one; undefined where an escape in it is broken. */
  get name(): string | undefined {
    return nameIn(this.#raw, this.from + 1, this.#nameTo - 1);
  }
}

/** The position after the value that begins here; -1 when it is broken. `depth` counts what it stands in. */
function skipValue(raw: Buffer, at: number, depth: number): number {
  const byte = raw[at];
  if (byte === QUOTE) return skipString(raw, at);
  if (byte === OPEN) return skipMembers(raw, at, depth);
  if (byte === OPEN_LIST) return skipElements(raw, at, depth);
  return skipScalar(raw, at);
}

/** The position after the string that begins here; -1 when it does not end, or holds what no string may. */
function skipString(raw: Buffer, start: number): number {
  return raw.length <= LOOKED_INTO ? skipWholeString(raw, start) : skipLongString(raw, start);
}

function skipWholeString(raw: Buffer, start: number): number {
  for (let at = start + 1; ; at += 1) {
    while (isPlain[raw[at] ?? 0] === 1) at += 1;
    const byte = raw[at];
    if (byte === QUOTE) return at + 1;
    if (byte !== BACKSLASH) return -1;
    at += 1;
    const escaped = raw[at];
    if (escaped === undefined || mayBeEscaped[escaped] === 0) return -1;
    if (escaped !== LETTER_U) continue;
    for (const end = at + 4; at < end; ) {
      at += 1;
      const digit = raw[at];
      if (digit === undefined || isHexDigit[digit] === 0) return -1;
    }
  }
}

function skipLongString(raw: Buffer, start: number): number {
  let at = start + 1;
  for (;;) {
    for (const patience = at + SHORT_STRING; at < patience; ) {
      const byte = raw[at];
      if (byte === QUOTE) return at + 1;
      if (byte === undefined) return -1;
      at += byte === BACKSLASH ? 2 : 1;
    }
    const quote = raw.indexOf(QUOTE, at);
    if (quote < 0) return -1;
    let before = quote;
    while (before > at && raw[before - 1] === BACKSLASH) before -= 1;
    at = quote + 1;
    if ((quote - before) % 2 === 0) return at;
  }
}

function tableOf(letters: string): Uint8Array {
  const table = new Uint8Array(256);
  for (const letter of letters) table[letter.charCodeAt(0)] = 1;
  return table;
}

const LETTER_U = 0x75;
const mayBeEscaped = tableOf('"\\/bfnrtu');
const isHexDigit = tableOf("0123456789abcdefABCDEF");
const inScalar = tableOf("+-.0123456789Etruefalsn");
/** What a string may hold as it is. */
const isPlain = new Uint8Array(256).fill(1, 0x20);
isPlain[QUOTE] = 0;
isPlain[BACKSLASH] = 0;

function skipMembers(raw: Buffer, open: number, depth: number): number {
  if (depth >= MAX_DEPTH) throw tooDeep();
  const members = new Members(raw, open, depth + 1);
  while (members.next());
  return members.end;
}

function skipElements(raw: Buffer, open: number, depth: number): number {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let at = skipSpaces(raw, open + 1);
  if (raw[at] === CLOSE_LIST) return at + 1;
  for (;;) {
    const valueTo = skipValue(raw, at, depth + 1);
    if (valueTo < 0) return -1;
    at = skipSpaces(raw, valueTo);
    if (raw[at] === CLOSE_LIST) return at + 1;
    if (raw[at] !== COMMA) return -1;
    at = skipSpaces(raw, at + 1);
  }
}

const scalar = /^(?:true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?)$/;
/** A number with more digits than this is nobody's. */
const LONGEST_SCALAR = 1_000;

function skipScalar(raw: Buffer, start: number): number {
  let at = skipDigits(raw, start);
  // Most are counts.
  const isCount = at > start && inScalar[raw[at] ?? 0] === 0 && (raw[start] !== ZERO || at === start + 1);
  while (inScalar[raw[at] ?? 0] === 1) at += 1;
  const length = at - start;
  if (length === 0 || length >= LONGEST_SCALAR) return -1;
  return isCount || scalar.test(raw.toString("latin1", start, at)) ? at : -1;
}

const ZERO = 0x30;

function skipDigits(raw: Buffer, start: number): number {
  let at = start;
  for (let byte = raw[at]; byte !== undefined && byte >= ZERO && byte <= 0x39; byte = raw[at]) at += 1;
  return at;
}

function tooDeep(): GatewayError {
  return new GatewayError("bad_request", `The request body is nested deeper than ${MAX_DEPTH} levels.`);
}
