/** The one wide row about a finished call; spend, logs, metrics and callbacks are all made from it. */

import type { Operation } from "../hub/operations.ts";
import type { Usage } from "../usage.ts";

export interface AttemptRecord {
  readonly deploymentId: string;
  readonly provider: string;
  readonly model: string;
  readonly group: string;
  readonly durationMs: number;
  readonly status?: number;
  readonly error?: string;
}

export interface CallRecord {
  readonly callId: string;
  readonly operation: Operation;
  readonly clientDialect: string;
  readonly stream: boolean;
  /** Milliseconds since 1970. */
  readonly startedAt: number;
  readonly durationMs: number;
  /** Until the first byte of the answer. */
  readonly firstByteMs?: number;
  /** Our own part of the duration: all but waiting for the provider. */
  readonly overheadMs?: number;
  readonly status: "success" | "failure" | "aborted";
  /** What the client was answered. */
  readonly httpStatus: number;
  /** The public name that the client asked for. */
  readonly model: string;
  readonly group?: string;
  readonly provider?: string;
  readonly wireModel?: string;
  readonly deploymentId?: string;
  readonly apiBase?: string;
  /** The id of the provider's reply. */
  readonly replyId?: string;
  readonly usage: Usage;
  /** Whole nano-dollars, rounded up; undefined: nobody knows the price. */
  readonly costNano?: number;
  readonly attempts: readonly AttemptRecord[];
  readonly error?: {
    readonly kind: string;
    readonly message: string;
    readonly status: number;
    readonly code: string;
    readonly provider?: string;
  };
}
