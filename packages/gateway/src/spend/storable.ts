/** Texts as the database takes them: no null bytes, no halves of characters, and ids that fit into an index. */

import { createHash } from "node:crypto";
import { jsonText } from "../texts/json-text.ts";

/** What ten of them together take still fits into one index entry. */
const LONGEST_ID = 200;
/** No character takes more than this in UTF-8. */
const WIDEST = 3;

/** JSON of any text. */
export function quoted(text: string): string {
  return storable(jsonText(text));
}

/** JSON of an id; a longer one is cut and keeps its difference to others as a hash. */
export function quotedId(text: string): string {
  return quoted(shortId(text));
}

export function shortId(text: string): string {
  if (text.length * WIDEST <= LONGEST_ID) return text;
  if (text.length <= LONGEST_ID && Buffer.byteLength(text) <= LONGEST_ID) return text;
  const hash = createHash("sha256").update(text).digest("hex").slice(0, 16);
  const room = LONGEST_ID - hash.length - 1;
  return `${Buffer.from(text.slice(0, room))
    .subarray(0, room)
    .toString("utf8")
    .replace(/\uFFFD+$/, "")}~${hash}`;
}

const escaped = /\\(?:u0000|u[dD][89a-fA-F][0-9a-fA-F]{2}|u[0-9a-fA-F]{4}|.)/g;

/** JSON without what `jsonb` refuses: null bytes, and halves of surrogate pairs. */
export function storable(json: string): string {
  if (!json.includes("\\u")) return json;
  return json.replace(escaped, (found) => (/^\\u(?:0000|[dD][89a-fA-F])/.test(found) ? "\\ufffd" : found));
}
