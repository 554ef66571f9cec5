/** Where the top-level members of a JSON object stand in its bytes, found without parsing them. */

import { GatewayError } from "../errors.ts";
import { Members, OPEN, skipSpaces } from "./json-bytes.ts";

export interface Span {
  /** Of the member's name with its quote. */
  readonly from: number;
  readonly valueFrom: number;
  readonly valueTo: number;
}

/**
 * Undefined for what is no object or broken: a parser can say what is wrong.
 * Throws bad_request for duplicates and too deep nesting.
 */
export function scanObject(raw: Buffer): Map<string, Span> | undefined {
  const open = skipSpaces(raw, 0);
  if (raw[open] !== OPEN) return undefined;
  const spans = new Map<string, Span>();
  const members = new Members(raw, open);
  while (members.next()) {
    const { name, from, valueFrom, valueTo } = members;
    if (name === undefined) return undefined;
    if (spans.has(name)) throw duplicate(name);
    spans.set(name, { from, valueFrom, valueTo });
  }
  return members.end >= 0 && skipSpaces(raw, members.end) === raw.length ? spans : undefined;
}

function duplicate(name: string): GatewayError {
  return new GatewayError("bad_request", `The request body names "${name}" twice. Send each member once.`, { param: name });
}
