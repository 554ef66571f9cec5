/** The books: every call that was let in has one row, whatever happens. The interface. */

import type { CallRecord } from "tollgate/parts";
import type { ChargedMeter } from "../limits/admission.ts";

/** A finished call with everybody whom it belongs to: what is spooled, and later written to `calls`, `daily`, `daily_tags` and `meters`. */
export interface LedgerEntry {
  /** Its call id is the row's key: never one that a client chose, or a second call by that name would leave no row. */
  readonly record: CallRecord;
  /** What the client called it. */
  readonly clientCallId?: string;
  /** Path that was called, as it is documented: `/v1/chat/completions`. */
  readonly endpoint: string;
  readonly keyHash?: string;
  readonly keyAlias?: string;
  readonly userId?: string;
  readonly teamId?: string;
  readonly teamAlias?: string;
  readonly organizationId?: string;
  readonly projectId?: string;
  readonly customerId?: string;
  readonly tags: readonly string[];
  readonly meters: readonly ChargedMeter[];
  /** Answered from the cache. */
  readonly cached?: boolean;
  readonly sessionId?: string;
  readonly requesterIp?: string;
  /** `spend_logs_metadata` and the caller's metadata, as configured. */
  readonly metadata?: Readonly<Record<string, unknown>>;
  /** Only with store_prompts_in_spend_logs, shortened and redacted already. */
  readonly messages?: unknown;
  readonly response?: unknown;
}

export interface Ledger {
  /**
   * Puts the entry into the spool; `written` is called when it stands there (one write for all of one turn of the loop), and only
   * then may the client have its last byte. With `spool_fsync: always` it is on the disk by then. Never throws: a spool that cannot
   * be written is told to the log, keeps the entry in memory, and calls `written` all the same.
   */
  record(entry: LedgerEntry, written: () => void): void;
  /** A stream that lasts: a crash from here on charges this estimate. A later `record` of the same call replaces it. */
  begun(entry: LedgerEntry): void;
  /** Resolves when everything recorded so far is in the database. Rejects when it is away. */
  flush(): Promise<void>;
  readonly state: LedgerState;
  close(): Promise<void>;
}

export interface LedgerState {
  /** Entries that the database does not have yet. */
  readonly waiting: number;
  /** Milliseconds since 1970 of the oldest of them. */
  readonly oldest?: number;
  /** Rows that were put aside because they cannot be written. */
  readonly poisoned: number;
  /** Rows that nobody could take: neither disk, nor memory, nor the database. */
  readonly lost: number;
  readonly spoolProblem?: string;
}
