/** A ledger entry as a row of `calls`, in JSON: what is spooled is what the database gets. Runs for every call. */

import type { AttemptRecord, CallRecord } from "tollgate/parts";
import { callTypeOf } from "./call-types.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { SpoolRow } from "./segment.ts";
import { quoted, quotedId, shortId, storable } from "./storable.ts";

/** A text without the secrets that we hold. */
export type Redact = (text: string) => string;

/** `call_id` and `started` stand first: the spool finds them there without a parse. Absent members are the column's default. */
export function rowOf(entry: LedgerEntry, redact: Redact): SpoolRow {
  const { record } = entry;
  const { usage } = record;
  const callId = shortId(record.callId);
  const cacheWrite = (usage.cacheWrite5mTokens ?? 0) + (usage.cacheWrite1hTokens ?? 0);
  const text =
    `{"call_id":${quoted(callId)},"started":${Math.floor(record.startedAt)},"took":${tenths(record.durationMs)}` +
    `${record.firstByteMs === undefined ? "" : `,"first_byte":${tenths(record.firstByteMs)}`}` +
    `,"status":"${entry.cached ? "cached" : record.status}","http_status":${record.httpStatus},"call_type":"${callTypeOf(record)}"` +
    `,"endpoint":${quotedId(entry.endpoint)}${record.stream ? ',"stream":true' : ""},"model":${quotedId(record.model)}` +
    `${id("model_group", record.group)}${id("provider", record.provider)}${words("wire_model", record.wireModel)}` +
    `${words("deployment_id", record.deploymentId)}${words("api_base", record.apiBase)}${id("reply_id", record.replyId)}${id("client_call_id", entry.clientCallId)}` +
    `${whose(entry)}${tagsOf(entry.tags)}${count("input_tokens", usage.inputTokens)}${count("output_tokens", usage.outputTokens)}` +
    `${count("cache_read_tokens", usage.cacheReadTokens)}${count("cache_write_tokens", cacheWrite)}` +
    `${count("reasoning_tokens", usage.reasoningTokens)}${count("spend_nano", record.costNano)}` +
    `${record.costNano === undefined ? ',"unpriced":true' : ""}${usage.estimated ? ',"estimated":true' : ""}` +
    `${record.error ? `,"error_kind":"${record.error.kind}"` : ""}${metersOf(entry)}${rest(entry, redact)}${contents(entry)}}`;
  return { callId, text, at: record.startedAt };
}

function whose(entry: LedgerEntry): string {
  return (
    `${id("key_hash", entry.keyHash)}${id("user_id", entry.userId)}${id("team_id", entry.teamId)}` +
    `${id("organization_id", entry.organizationId)}${id("project_id", entry.projectId)}${id("customer_id", entry.customerId)}` +
    `${id("session_id", entry.sessionId)}${words("requester_ip", entry.requesterIp)}`
  );
}

/** A subject with an id beyond all measure (a customer's, which comes with the request) must not keep the row out of the database. */
const LONGEST_METER = 500;

/** The list is the same for all calls of a window, so is its text. */
const texts = new WeakMap<LedgerEntry["meters"], string>();

function metersOf({ meters }: LedgerEntry): string {
  let text = texts.get(meters);
  if (text === undefined) {
    text = metersText(meters);
    texts.set(meters, text);
  }
  return text;
}

function metersText(meters: LedgerEntry["meters"]): string {
  if (meters.length === 0) return "";
  const each = meters.map(
    ({ meter, lent, until }) =>
      `[${meter.length > LONGEST_METER ? quotedId(meter) : quoted(meter)},${lent ? 1 : 0}${until === undefined ? "" : `,${until}`}]`,
  );
  return `,"meters":[${each.join(",")}]`;
}

/** More are no tags but an attack. */
const MOST_TAGS = 100;

function tagsOf(tags: readonly string[]): string {
  if (tags.length === 0) return "";
  return `,"tags":[${[...new Set(tags)].slice(0, MOST_TAGS).map(quotedId).join(",")}]`;
}

/** What nobody searches by: the column `metadata`. */
function rest(entry: LedgerEntry, redact: Redact): string {
  const { record, keyAlias, teamAlias, metadata } = entry;
  const parts =
    `${words("key_alias", keyAlias)}${words("team_alias", teamAlias)}` +
    `${record.overheadMs === undefined ? "" : `,"overhead_ms":${tenths(record.overheadMs)}`}` +
    `${record.attempts.length > 1 || record.error ? `,"attempts":${attemptsOf(record.attempts, redact)}` : ""}` +
    `${record.error ? `,"error":${json({ ...record.error, message: redact(record.error.message) })}` : ""}` +
    `${detailed(record) ? `,"usage":${json(record.usage)}` : ""}${metadata ? `,"given":${json(metadata)}` : ""}`;
  return parts === "" ? "" : `,"metadata":{${parts.slice(1)}}`;
}

function attemptsOf(attempts: readonly AttemptRecord[], redact: Redact): string {
  return json(attempts.map((each) => (each.error === undefined ? each : { ...each, error: redact(each.error) })));
}

/** The plain counts have columns of their own. */
function detailed({ usage }: CallRecord): boolean {
  return (
    usage.units !== undefined ||
    usage.tier !== undefined ||
    usage.cacheWrite1hTokens !== undefined ||
    usage.audioInTokens !== undefined ||
    usage.audioOutTokens !== undefined ||
    usage.imageInTokens !== undefined ||
    usage.imageOutTokens !== undefined ||
    usage.videoInTokens !== undefined
  );
}

function contents({ messages, response }: LedgerEntry): string {
  return `${messages === undefined ? "" : `,"messages":${json(messages)}`}${response === undefined ? "" : `,"response":${json(response)}`}`;
}

function json(value: unknown): string {
  return storable(JSON.stringify(value) ?? "null");
}

function id(name: string, value: string | undefined): string {
  return value === undefined || value === "" ? "" : `,"${name}":${quotedId(value)}`;
}

function words(name: string, value: string | undefined): string {
  return value === undefined ? "" : `,"${name}":${quoted(value)}`;
}

function count(name: string, value: number | undefined): string {
  return value === undefined || !(value > 0) ? "" : `,"${name}":${Math.min(Math.round(value), Number.MAX_SAFE_INTEGER)}`;
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}
