/** The price book's data, one row a line, of which only the rows that are asked for are parsed. */

import type { ModelFacts } from "../hub/model-facts.ts";

export interface Rows {
  get(name: string): ModelFacts | undefined;
  names(): Iterable<string>;
}

export interface PriceFile {
  readonly rows: Rows;
  readonly kin: Readonly<Record<string, readonly string[]>>;
  readonly home: Readonly<Record<string, string>>;
}

const NEWLINE = 0x0a;
const COMMA = 0x2c;
const QUOTE = 0x22;
const ROWS = Buffer.from('\n"rows":{\n');

export function rowsOfObject(rows: Readonly<Record<string, ModelFacts>>): Rows {
  return { get: (name) => (Object.hasOwn(rows, name) ? rows[name] : undefined), names: () => Object.keys(rows) };
}

export function readPriceFile(bytes: Buffer): PriceFile {
  const start = bytes.indexOf(ROWS);
  if (start < 0) {
    const { rows, kin, home } = JSON.parse(bytes.toString());
    return { rows: rowsOfObject(rows), kin, home };
  }
  const head = bytes.toString("utf8", 0, start).replace(/,\s*$/, "}");
  const { kin, home } = JSON.parse(head);
  return { rows: rowsOfLines(bytes, start + ROWS.length), kin, home };
}

/** Remembers where each line is, not what it says. */
function rowsOfLines(bytes: Buffer, start: number): Rows {
  const lines = new Map<string, readonly [from: number, to: number]>();
  let at = start;
  while (bytes[at] === QUOTE) {
    let end = bytes.indexOf(NEWLINE, at);
    if (end < 0) end = bytes.length;
    const quote = bytes.indexOf(QUOTE, at + 1);
    const to = bytes[end - 1] === COMMA ? end - 1 : end;
    lines.set(bytes.toString("utf8", at + 1, quote), [quote + 2, to]);
    at = end + 1;
  }
  return {
    get(name) {
      const line = lines.get(name);
      return line && JSON.parse(bytes.toString("utf8", line[0], line[1]));
    },
    names: () => lines.keys(),
  };
}
