/** One structured line a call: JSON, or for people on a terminal. Never prompts, never keys. */

import type { CallRecord } from "tollgate/parts";
import type { Log } from "./log.ts";

/** INFO for what went well, WARN for what did not. */
export function logCall(log: Log, record: CallRecord): void {
  if (log.debugWanted) for (const each of attemptsOf(record, log)) log.debug({ call_id: record.callId, ...each }, "attempt");
  if (record.status !== "success") log.warn(fieldsOf(record, log), "call");
  else if (!log.infoWanted) return;
  else if (log.json) log.line(lineOf(record, log));
  else log.info(fieldsOf(record, log), "call");
}

function fieldsOf(record: CallRecord, log: Log): Record<string, unknown> {
  const { usage, error } = record;
  return {
    call_id: record.callId,
    operation: record.operation,
    model: record.model,
    provider: record.provider,
    wire_model: record.wireModel,
    deployment: record.deploymentId,
    status: record.status,
    http_status: record.httpStatus,
    stream: record.stream,
    duration_ms: tenths(record.durationMs),
    first_byte_ms: record.firstByteMs === undefined ? undefined : tenths(record.firstByteMs),
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cached_tokens: usage.cacheReadTokens,
    reasoning_tokens: usage.reasoningTokens,
    usage_estimated: usage.estimated,
    cost_usd: record.costNano === undefined ? undefined : record.costNano / 1e9,
    attempts: record.attempts.length > 1 ? attemptsOf(record, log) : undefined,
    error: error && { kind: error.kind, status: error.status, code: error.code, message: log.redact(error.message) },
  };
}

/**
 * The same fields as a finished line, as pino would write it. Put together by hand because it is written for every call:
 * a fifth of what the general way costs.
 */
function lineOf(record: CallRecord, log: Log): string {
  const { usage } = record;
  return (
    `{"level":30,"time":"${timeOf(record.startedAt + record.durationMs)}","call_id":${quoted(record.callId)},"operation":"${record.operation}",` +
    `"model":${quoted(record.model)},"provider":${quoted(record.provider)},"wire_model":${quoted(record.wireModel)},"deployment":${quoted(record.deploymentId)},` +
    `"status":"success","http_status":${record.httpStatus},"stream":${record.stream},"duration_ms":${tenths(record.durationMs)}` +
    `${numberField("first_byte_ms", record.firstByteMs === undefined ? undefined : tenths(record.firstByteMs))}${numberField("input_tokens", usage.inputTokens)}` +
    `${numberField("output_tokens", usage.outputTokens)}${numberField("cached_tokens", usage.cacheReadTokens)}${numberField("reasoning_tokens", usage.reasoningTokens)}` +
    `${usage.estimated ? ',"usage_estimated":true' : ""}${numberField("cost_usd", record.costNano === undefined ? undefined : record.costNano / 1e9)}` +
    `${record.attempts.length > 1 ? `,"attempts":${JSON.stringify(attemptsOf(record, log))}` : ""},"msg":"call"}\n`
  );
}

function attemptsOf(record: CallRecord, log: Log): readonly object[] {
  return record.attempts.map((each) => ({ ...each, error: each.error && log.redact(each.error) }));
}

function tenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

function numberField(name: string, value: number | undefined): string {
  return value === undefined ? "" : `,"${name}":${value}`;
}

/** Most names hold nothing that JSON must escape. */
const plain = /^[\w./:@ -]*$/;

function quoted(text: string | undefined): string {
  if (text === undefined) return "null";
  return plain.test(text) ? `"${text}"` : JSON.stringify(text);
}

let lastSecond = -1;
let lastTime = "";

/** ISO time; the part up to the second is kept from line to line. */
function timeOf(milliseconds: number): string {
  const whole = Math.floor(milliseconds);
  const second = Math.floor(whole / 1000);
  if (second !== lastSecond) {
    lastSecond = second;
    lastTime = new Date(second * 1000).toISOString().slice(0, 20);
  }
  return `${lastTime}${String(whole - second * 1000).padStart(3, "0")}Z`;
}
