/** Where the top-level members of a JSON object stand in its bytes, found without parsing them. */

import { GatewayError } from "../errors.ts";

export interface Span {
  /** Of the member's name with its quote. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

const MAX_DEPTH = 128;
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
 * Undefined for what is no object or broken: a parser can say what is wrong. Values are not looked into, so that they may be broken inside.
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

/** The position after the string that begins here; -1 when it does not end. */
function skipString(raw: Buffer, start: number): number {
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

/** The position after the value that begins here; -1 when it is broken. */
function skipValue(raw: Buffer, start: number): number {
  const length = raw.length;
  let at = start;
  let depth = 0;
  while (at < length) {
    const byte = raw[at];
    if (byte === QUOTE) {
      at = skipString(raw, at);
      if (at < 0 || depth === 0) return at;
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
    } else if (byte === undefined || mayStand[byte] === 0) {
      return -1;
    }
    at += 1;
  }
  return -1;
}

/** What may stand outside of strings; anything else is left to the parser, which says what is wrong. */
const mayStand = new Uint8Array(256);
for (const letter of " \t\r\n,:+-.0123456789Etruefalsn") mayStand[letter.charCodeAt(0)] = 1;

function duplicate(name: string): GatewayError {
  return new GatewayError("bad_request", `The request body names "${name}" twice. Send each member once.`, { param: name });
}

function tooDeep(): GatewayError {
  return new GatewayError("bad_request", `The request body is nested deeper than ${MAX_DEPTH} levels.`);
}
