/** Where the top-level members of a JSON object stand in its bytes, found without parsing them. */

import { GatewayError } from "../errors.ts";

export interface Span {
  /** Of the member's name with its quote. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

const MAX_DEPTH = 128;
/** Up to this size the insides of strings are checked, too; in larger bodies a provider tells of a bad escape. */
const LOOKED_INTO = 16_384;
/** Longer strings are left to a native search, which would cost more than it saves on short ones. */
const SHORT_STRING = 32;

export const COMMA = 0x2c;
export const CLOSE = 0x7d;
export const QUOTE = 0x22;
const BACKSLASH = 0x5c;
export const OPEN = 0x7b;
export const OPEN_LIST = 0x5b;
export const CLOSE_LIST = 0x5d;
const COLON = 0x3a;

export function isSpace(byte: number | undefined): boolean {
  return byte === 0x20 || byte === 0x0a || byte === 0x0d || byte === 0x09;
}

/**
 * Undefined for what is no object or broken: a parser can say what is wrong.
 * Throws bad_request for duplicates and too deep nesting.
 */
export function scanObject(raw: Buffer): Map<string, Span> | undefined {
  const spans = new Map<string, Span>();
  let at = skipSpaces(raw, 0);
  if (raw[at] !== OPEN) return undefined;
  at = skipSpaces(raw, at + 1);
  if (raw[at] === CLOSE) return endsAfter(raw, at) ? spans : undefined;
  for (;;) {
    const from = at;
    if (raw[from] !== QUOTE) return undefined;
    const nameTo = skipString(raw, from);
    const name = nameTo < 0 ? undefined : nameAt(raw, from, nameTo);
    if (name === undefined) return undefined;
    at = skipSpaces(raw, nameTo);
    if (raw[at] !== COLON) return undefined;
    const valueFrom = skipSpaces(raw, at + 1);
    const valueTo = skipValue(raw, valueFrom);
    if (valueTo < 0) return undefined;
    if (spans.has(name)) throw duplicate(name);
    spans.set(name, { from, valueFrom, valueTo });
    at = skipSpaces(raw, valueTo);
    if (raw[at] === CLOSE) return endsAfter(raw, at) ? spans : undefined;
    if (raw[at] !== COMMA) return undefined;
    at = skipSpaces(raw, at + 1);
  }
}

function skipSpaces(raw: Buffer, start: number): number {
  let at = start;
  while (isSpace(raw[at])) at += 1;
  return at;
}

function endsAfter(raw: Buffer, close: number): boolean {
  return skipSpaces(raw, close + 1) === raw.length;
}

function nameAt(raw: Buffer, from: number, to: number): string | undefined {
  const text = raw.toString("utf8", from + 1, to - 1);
  if (!text.includes("\\")) return text;
  try {
    return String(JSON.parse(`"${text}"`));
  } catch {
    return undefined;
  }
}

/** The position after the string that begins here; -1 when it does not end, or holds what no string may. */
function skipString(raw: Buffer, start: number): number {
  return raw.length <= LOOKED_INTO ? skipWholeString(raw, start) : skipLongString(raw, start);
}

function skipWholeString(raw: Buffer, start: number): number {
  for (let at = start + 1; ; at += 1) {
    const byte = raw[at];
    if (byte === QUOTE) return at + 1;
    if (byte === undefined || byte < 0x20) return -1;
    if (byte !== BACKSLASH) continue;
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

/** The position after the value that begins here; -1 when it is broken. `depth` counts what it stands in. */
function skipValue(raw: Buffer, at: number, depth = 1): number {
  const byte = raw[at];
  if (byte === QUOTE) return skipString(raw, at);
  if (byte === OPEN) return skipMembers(raw, at, depth);
  if (byte === OPEN_LIST) return skipElements(raw, at, depth);
  return skipScalar(raw, at);
}

function skipMembers(raw: Buffer, open: number, depth: number): number {
  if (depth >= MAX_DEPTH) throw tooDeep();
  let at = skipSpaces(raw, open + 1);
  if (raw[at] === CLOSE) return at + 1;
  for (;;) {
    if (raw[at] !== QUOTE) return -1;
    const nameTo = skipString(raw, at);
    if (nameTo < 0) return -1;
    at = skipSpaces(raw, nameTo);
    if (raw[at] !== COLON) return -1;
    const valueTo = skipValue(raw, skipSpaces(raw, at + 1), depth + 1);
    if (valueTo < 0) return -1;
    at = skipSpaces(raw, valueTo);
    if (raw[at] === CLOSE) return at + 1;
    if (raw[at] !== COMMA) return -1;
    at = skipSpaces(raw, at + 1);
  }
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
  let at = start;
  while (inScalar[raw[at] ?? 0] === 1) at += 1;
  const length = at - start;
  // One digit is by far the most frequent number.
  if (length === 1 && isDigit(raw[start])) return at;
  return length > 0 && length < LONGEST_SCALAR && scalar.test(raw.toString("latin1", start, at)) ? at : -1;
}

function isDigit(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x30 && byte <= 0x39;
}

function duplicate(name: string): GatewayError {
  return new GatewayError("bad_request", `The request body names "${name}" twice. Send each member once.`, { param: name });
}

function tooDeep(): GatewayError {
  return new GatewayError("bad_request", `The request body is nested deeper than ${MAX_DEPTH} levels.`);
}
