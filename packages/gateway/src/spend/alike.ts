/** Calls of a batch that differ in nothing but their own ids, times, amounts and texts: summed together, and told to the database once. */

import { dayOf, type SpooledCall } from "./spooled-call.ts";

/** Calls, and of each the group that it is one of. */
export interface Alike {
  readonly calls: readonly SpooledCall[];
  readonly groups: readonly Group[];
  /** By the index of the call: the index of its group. */
  readonly groupOf: readonly number[];
}

export interface Group {
  /** UTC, `YYYY-MM-DD`. */
  readonly day: string;
  /** One of them: what it has in common with the others stands there. */
  readonly call: SpooledCall;
}

export function alikeOf(calls: readonly SpooledCall[]): Alike {
  const known = new Map<string, number>();
  const groups: Group[] = [];
  const groupOf = calls.map((call) => {
    const day = dayOf(call.started);
    const key = keyOf(call, day);
    const found = known.get(key);
    if (found !== undefined) return found;
    known.set(key, groups.length);
    return groups.push({ day, call }) - 1;
  });
  return { calls, groups, groupOf };
}

const GAP = "\u0000";

/** No text of a row holds a null byte, so none can pass for two. A missing text and an empty one are the same. */
function keyOf(call: SpooledCall, day: string): string {
  const { model_group = "", provider = "", wire_model = "", deployment_id = "", api_base = "", requester_ip = "" } = call;
  const {
    key_hash = "",
    user_id = "",
    team_id = "",
    organization_id = "",
    project_id = "",
    customer_id = "",
    tags,
    error_kind = "",
  } = call;
  return (
    `${call.status}${GAP}${call.http_status}${GAP}${call.call_type}${GAP}${call.endpoint}${GAP}${call.model}${GAP}${model_group}${GAP}` +
    `${provider}${GAP}${wire_model}${GAP}${deployment_id}${GAP}${api_base}${GAP}${requester_ip}${GAP}${key_hash}${GAP}${user_id}${GAP}` +
    `${team_id}${GAP}${organization_id}${GAP}${project_id}${GAP}${customer_id}${GAP}${error_kind}${GAP}${day}${GAP}` +
    `${call.stream ? "s" : ""}${call.unpriced ? "u" : ""}${call.estimated ? "e" : ""}${tags ? JSON.stringify(tags) : ""}`
  );
}
