/** Rules for what may be forgotten of a long conversation: OpenAI's list as this wire's edits. */

import { isObject, objectsIn } from "./json.ts";

const COMPACT = "compact_20260112";

/** The wire's own form passes as it is. */
export function contextManagement(told: unknown): unknown {
  if (!Array.isArray(told)) return told;
  const edits = objectsIn(told)
    .filter((rule) => rule["type"] === "compaction")
    .map(({ compact_threshold: value }) => ({ type: COMPACT, ...(value !== undefined && { trigger: { type: "input_tokens", value } }) }));
  return edits.length > 0 ? { edits } : undefined;
}

/** The types of edits that a request asks for. */
export function editsIn(told: unknown): string[] {
  return isObject(told) ? objectsIn(told["edits"]).map((edit) => String(edit["type"])) : [];
}
