/** One structured line a call: JSON, or for people on a terminal. Never prompts, never keys. */

import type { CallRecord } from "tollgate/parts";
import type { Log } from "./log.ts";

/** INFO for what went well, WARN for what did not. */
export function logCall(log: Log, record: CallRecord): void {
  const { usage, error } = record;
  const line = {
    call_id: record.callId,
    operation: record.operation,
    model: record.model,
    provider: record.provider,
    wire_model: record.wireModel,
    deployment: record.deploymentId,
    status: record.status,
    http_status: record.httpStatus,
    stream: record.stream,
    duration_ms: Math.round(record.durationMs * 10) / 10,
    first_byte_ms: record.firstByteMs === undefined ? undefined : Math.round(record.firstByteMs * 10) / 10,
    input_tokens: usage.inputTokens,
    output_tokens: usage.outputTokens,
    cached_tokens: usage.cacheReadTokens,
    reasoning_tokens: usage.reasoningTokens,
    usage_estimated: usage.estimated,
    cost_usd: record.costNano === undefined ? undefined : record.costNano / 1e9,
    attempts: record.attempts.length > 1 ? record.attempts : undefined,
    error: error && { kind: error.kind, status: error.status, code: error.code, message: log.redact(error.message) },
  };
  if (record.status === "success") log.info(line, "call");
  else log.warn(line, "call");
}
