/** How values of PostgreSQL become values of ours: set on each connection, so that nobody else's `pg` in this process is changed. */

import { type CustomTypesConfig, types } from "pg";

const int8 = 20;
const int8List = 1016;
const date = 1082;

type TextParser = (text: string) => unknown;

const parsers: Readonly<Record<number, TextParser>> = {
  [int8]: (text) => BigInt(text),
  [int8List]: (text) => listOfTexts(text).map((item) => (item === null ? null : BigInt(item))),
  // A day is no moment: as a Date it would be another day in another time zone.
  [date]: (text) => text,
};

/** `{1,NULL,3}`, flat: the only lists of numbers that we read. */
function listOfTexts(text: string): (string | null)[] {
  const inner = text.slice(1, -1);
  return inner === "" ? [] : inner.split(",").map((item) => (item === "NULL" ? null : item));
}

export const columnTypes: CustomTypesConfig = {
  getTypeParser: (oid: number, format?: string) =>
    (format === "binary" ? undefined : parsers[oid]) ?? types.getTypeParser(oid, format === "binary" ? "binary" : "text"),
};
