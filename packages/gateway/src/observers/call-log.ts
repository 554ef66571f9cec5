/** One structured line a call: JSON, or for people on a terminal. Never prompts, never keys. */

import type { CallRecord } from "tollgate/parts";
import { jsonText } from "../texts/json-text.ts";
import { KeptTexts } from "../texts/kept-texts.ts";
import { dollars, tenths } from "../texts/number-texts.ts";
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
    duration_ms: toTenths(record.durationMs),
    first_byte_ms: record.firstByteMs === undefined ? undefined : toTenths(record.firstByteMs),
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
    `{"level":30,"time":"${timeOf(record.startedAt + record.durationMs)}","call_id":${quoted(record.callId)}` +
    `${asked.textOf(record.deploymentId ?? "", record)},"http_status":${record.httpStatus},"duration_ms":${tenths(record.durationMs)}` +
    `${record.firstByteMs === undefined ? "" : `,"first_byte_ms":${tenths(record.firstByteMs)}`}${count(',"input_tokens":', usage.inputTokens)}` +
    `${count(',"output_tokens":', usage.outputTokens)}${count(',"cached_tokens":', usage.cacheReadTokens)}${count(',"reasoning_tokens":', usage.reasoningTokens)}` +
    `${usage.estimated ? ',"usage_estimated":true' : ""}${record.costNano === undefined ? "" : `,"cost_usd":${dollars(record.costNano)}`}` +
    `${record.attempts.length > 1 ? `,"attempts":${JSON.stringify(attemptsOf(record, log))}` : ""},"msg":"call"}\n`
  );
}

/** The same for most calls of a deployment. */
const asked = new KeptTexts({
  make: ({ operation, model, provider, wireModel, deploymentId, stream }: CallRecord) => {
    const text =
      `,"operation":"${operation}","model":${quoted(model)},"provider":${quoted(provider)},"wire_model":${quoted(wireModel)},` +
      `"deployment":${quoted(deploymentId)},"status":"success","stream":${stream}`;
    return { text, operation, model, provider, wireModel, deploymentId, stream };
  },
  fits: (kept, record) =>
    kept.model === record.model &&
    kept.stream === record.stream &&
    kept.operation === record.operation &&
    kept.wireModel === record.wireModel &&
    kept.provider === record.provider &&
    kept.deploymentId === record.deploymentId,
});

function attemptsOf(record: CallRecord, log: Log): readonly object[] {
  return record.attempts.map((each) => ({ ...each, error: each.error && log.redact(each.error) }));
}

function toTenths(milliseconds: number): number {
  return Math.round(milliseconds * 10) / 10;
}

/** `before`: the member's name as it stands in JSON. */
function count(before: string, value: number | undefined): string {
  return value === undefined ? "" : before + value;
}

function quoted(text: string | undefined): string {
  if (text === undefined) return "null";
  return jsonText(text);
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
  const rest = whole - second * 1000;
  return `${lastTime}${rest < 10 ? "00" : rest < 100 ? "0" : ""}${rest}Z`;
}
