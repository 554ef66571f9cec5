/** A finished call → its entry in the books. */

import type { Finished } from "../serve-call.ts";
import type { LedgerEntry } from "./ledger.ts";

export interface EntrySettings {
  /** The row's key for a call that its client named: always the same for the same call. */
  readonly rowIdOf: (call: Finished["call"]) => string;
  /** What of the call's texts is kept; undefined: nothing. */
  readonly texts?: (finished: Finished) => { readonly messages?: unknown; readonly response?: unknown };
}

/** Keys of rows by what stays the same of a call from its first row to its last. */
export function createRowIds(newId: () => string): EntrySettings["rowIdOf"] {
  const ids = new WeakMap<object, string>();
  return ({ cancel }) => {
    const known = ids.get(cancel) ?? newId();
    ids.set(cancel, known);
    return known;
  };
}

const noMeters: LedgerEntry["meters"] = [];
const sessionFields = ["litellm_session_id", "session_id"];

export function entryOf(finished: Finished, { texts, rowIdOf }: EntrySettings): LedgerEntry {
  const { record, call, who, belongings, ticket, path, ip } = finished;
  const own = record.callId === call.at.headers["x-litellm-call-id"];
  const kept = texts?.(finished);
  return {
    record: own ? { ...record, callId: rowIdOf(call) } : record,
    clientCallId: own ? record.callId : undefined,
    endpoint: path,
    keyHash: who.keyHash,
    keyAlias: who.keyAlias,
    userId: who.userId,
    teamId: who.teamId,
    teamAlias: who.teamAlias,
    organizationId: who.organizationId,
    projectId: who.projectId,
    customerId: belongings.customerId,
    tags: belongings.tags,
    meters: ticket?.meters ?? noMeters,
    sessionId: sessionOf(call),
    requesterIp: ip === "" ? undefined : ip,
    metadata: metadataOf(call),
    messages: kept?.messages,
    response: kept?.response,
  };
}

type Call = Finished["call"];

function sessionOf({ at: { headers, body }, isPlain }: Call): string | undefined {
  const header = headers["x-litellm-session-id"];
  if (typeof header === "string" && header !== "") return header.slice(0, 500);
  if (isPlain) return undefined;
  for (const name of sessionFields) {
    const value = body.has(name) ? body.get(name) : undefined;
    if (typeof value === "string" && value !== "") return value.slice(0, 500);
  }
  return undefined;
}

/** `spend_logs_metadata` of the request or its header; the caller's own metadata stays with the call. */
function metadataOf({ at: { headers, body }, isPlain }: Call): Readonly<Record<string, unknown>> | undefined {
  const header = headers["x-litellm-spend-logs-metadata"];
  if (header === undefined && isPlain) return undefined;
  const told = typeof header === "string" ? parsed(header) : undefined;
  const own = ["metadata", "litellm_metadata"].map((name) => (body.has(name) ? body.get(name) : undefined)).find(isMap);
  const logs = isMap(own?.["spend_logs_metadata"]) ? own["spend_logs_metadata"] : undefined;
  if (!told && !own) return undefined;
  const { spend_logs_metadata: _logs, ...rest } = own ?? {};
  const ours = { ...logs, ...told };
  return { ...rest, ...(Object.keys(ours).length > 0 && { spend_logs_metadata: ours }) };
}

function parsed(text: string): Readonly<Record<string, unknown>> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return isMap(value) ? value : undefined;
  } catch {
    return undefined;
  }
}

function isMap(value: unknown): value is Readonly<Record<string, unknown>> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
