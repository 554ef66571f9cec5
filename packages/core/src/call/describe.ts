/** Makes the record of a call that is over. */

import type { Clock } from "../clock.ts";
import type { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { Deployment } from "../router/deployment.ts";
import type { Attempt } from "../router/router.ts";
import type { Usage } from "../usage.ts";
import type { Call } from "./call.ts";
import type { Opened } from "./open.ts";
import type { AttemptRecord, CallRecord } from "./record.ts";

export interface Ending {
  readonly opened?: Opened;
  readonly usage?: Usage;
  /** Events that carried content: what a stream without usage is measured by. */
  readonly events?: number;
  readonly error?: GatewayError;
  readonly httpStatus: number;
  readonly startedTicks: number;
  readonly firstByteTicks?: number;
  readonly replyId?: string;
}

/** Four bytes of English make about one token; a record made so says that it is estimated. */
const BYTES_PER_TOKEN = 4;

/** A client may write anything as a model's name. */
const LONGEST_NAME = 300;

/** What a record needs of the house: time, and money in whole nano-dollars. */
interface Accounts {
  readonly clock: Clock;
  cost(usage: Usage, deployment: Deployment, durationMs: number): number | undefined;
}

export function describe(call: Call, ending: Ending, { clock, cost }: Accounts): CallRecord {
  const { opened, error } = ending;
  const ticks = clock.ticks();
  const durationMs = ticks - ending.startedTicks;
  const usage = opened ? usageOf(call, ending) : {};
  const costNano = opened && cost(usage, opened.deployment, durationMs);
  return {
    callId: call.id,
    operation: call.client.operation,
    clientDialect: call.client.dialect,
    stream: call.stream,
    startedAt: clock.now() - durationMs,
    durationMs,
    firstByteMs: ending.firstByteTicks === undefined ? undefined : ending.firstByteTicks - ending.startedTicks,
    overheadMs: opened && !call.stream ? Math.max(0, durationMs - opened.waitedMs) : undefined,
    status: error ? (error.kind === "client_gone" ? "aborted" : "failure") : "success",
    httpStatus: ending.httpStatus,
    model: call.ask.model.slice(0, LONGEST_NAME),
    group: opened?.group,
    provider: opened?.deployment.provider ?? error?.detail.provider,
    wireModel: opened?.deployment.model ?? error?.detail.model,
    deploymentId: opened?.deployment.id ?? call.attempts.at(-1)?.deployment.id,
    apiBase: opened?.deployment.shownBase ?? call.attempts.at(-1)?.deployment.shownBase,
    replyId: ending.replyId,
    usage,
    costNano,
    attempts: call.attempts.map(attemptRecord),
    error: error && { kind: error.kind, message: error.message, status: error.status, code: error.code, provider: error.provider },
  };
}

/** Those that are paid by tokens of text. */
const countsTokens: ReadonlySet<Operation> = new Set(["chat", "embed", "moderate"]);

/** What the provider said; else a guess from what went through. */
function usageOf(call: Call, { usage, events }: Ending): Usage {
  if (usage?.inputTokens !== undefined || usage?.units) return usage;
  if (!countsTokens.has(call.client.operation)) return usage ?? {};
  const inputTokens = Math.ceil(call.at.body.raw.length / BYTES_PER_TOKEN);
  return { ...usage, inputTokens, outputTokens: usage?.outputTokens ?? events ?? 0, estimated: true };
}

function attemptRecord({ deployment, group, durationMs, error }: Attempt): AttemptRecord {
  return {
    deploymentId: deployment.id,
    provider: deployment.provider,
    model: deployment.model,
    group,
    durationMs,
    status: error?.status,
    error: error?.message,
  };
}
