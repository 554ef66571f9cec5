/** A ledger entry as a row of `calls`, in JSON: what is spooled is what the database gets. Runs for every call. */

import type { AttemptRecord, CallRecord } from "tollgate/parts";
import { KeptTexts } from "../texts/kept-texts.ts";
import { tenths } from "../texts/number-texts.ts";
import { callTypeOf } from "./call-types.ts";
import type { LedgerEntry } from "./ledger.ts";
import type { SpoolRow } from "./segment.ts";
import { quoted, quotedId, shortId, storable } from "./storable.ts";

/** A text without the secrets that we hold. */
export type Redact = (text: string) => string;

/** `call_id` and `started` stand first: the spool finds them there without a parse. Absent members are the column's default. */
export function rowOf(entry: LedgerEntry, redact: Redact): SpoolRow {
  const { record } = entry;
  const callId = shortId(record.callId);
  const text =
    `{"call_id":${quoted(callId)},"started":${Math.floor(record.startedAt)},"took":${tenths(record.durationMs)}` +
    `${record.firstByteMs === undefined ? "" : `,"first_byte":${tenths(record.firstByteMs)}`}` +
    `,"status":"${entry.cached ? "cached" : record.status}","http_status":${record.httpStatus}` +
    `${where.textOf(record.deploymentId ?? "", entry)}${whose.textOf(entry.keyHash ?? "", entry)}` +
    `${id("reply_id", record.replyId)}${id("client_call_id", entry.clientCallId)}${id("customer_id", entry.customerId)}` +
    `${id("session_id", entry.sessionId)}${tagsOf(entry.tags)}${sumsOf(record)}` +
    `${record.error ? `,"error_kind":"${record.error.kind}"` : ""}${metersOf(entry)}${rest(entry, redact)}${contents(entry)}}`;
  return { callId, text, at: record.startedAt };
}

function sumsOf({ usage, costNano }: CallRecord): string {
  const cacheWrite = (usage.cacheWrite5mTokens ?? 0) + (usage.cacheWrite1hTokens ?? 0);
  return (
    `${count(',"input_tokens":', usage.inputTokens)}${count(',"output_tokens":', usage.outputTokens)}` +
    `${count(',"cache_read_tokens":', usage.cacheReadTokens)}${count(',"cache_write_tokens":', cacheWrite)}` +
    `${count(',"reasoning_tokens":', usage.reasoningTokens)}${count(',"spend_nano":', costNano)}` +
    `${costNano === undefined ? ',"unpriced":true' : ""}${usage.estimated ? ',"estimated":true' : ""}`
  );
}

/** What was asked of whom: the same for most calls of a deployment. */
const where = new KeptTexts({
  make: ({ record, endpoint }: LedgerEntry) => {
    const { operation, clientDialect, stream, model, group, provider, wireModel, deploymentId, apiBase } = record;
    const text =
      `,"call_type":"${callTypeOf(record)}","endpoint":${quotedId(endpoint)}${stream ? ',"stream":true' : ""},"model":${quotedId(model)}` +
      `${id("model_group", group)}${id("provider", provider)}${words("wire_model", wireModel)}` +
      `${words("deployment_id", deploymentId)}${words("api_base", apiBase)}`;
    return { text, endpoint, operation, clientDialect, stream, model, group, provider, wireModel, deploymentId, apiBase };
  },
  fits: (kept, { record, endpoint }) =>
    kept.model === record.model &&
    kept.group === record.group &&
    kept.stream === record.stream &&
    kept.endpoint === endpoint &&
    kept.operation === record.operation &&
    kept.clientDialect === record.clientDialect &&
    kept.wireModel === record.wireModel &&
    kept.provider === record.provider &&
    kept.deploymentId === record.deploymentId &&
    kept.apiBase === record.apiBase,
});

/** The same for all calls of a key from one address. */
const whose = new KeptTexts({
  make: ({ keyHash, userId, teamId, organizationId, projectId, requesterIp }: LedgerEntry) => {
    const text =
      `${id("key_hash", keyHash)}${id("user_id", userId)}${id("team_id", teamId)}` +
      `${id("organization_id", organizationId)}${id("project_id", projectId)}${words("requester_ip", requesterIp)}`;
    return { text, keyHash, userId, teamId, organizationId, projectId, requesterIp };
  },
  fits: (kept, entry) =>
    kept.keyHash === entry.keyHash &&
    kept.userId === entry.userId &&
    kept.teamId === entry.teamId &&
    kept.requesterIp === entry.requesterIp &&
    kept.organizationId === entry.organizationId &&
    kept.projectId === entry.projectId,
});

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

/** `before`: the member's name as it stands in JSON. */
function count(before: string, value: number | undefined): string {
  return value === undefined || !(value > 0) ? "" : before + Math.min(Math.round(value), Number.MAX_SAFE_INTEGER);
}
