/** What differs between the embedded engine and a server: how a session begins, breaks and ends. */

import type { Pool } from "pg";
import type { Channel } from "./database.ts";

export interface SessionEvents {
  notified(channel: Channel, payload: string): void;
  /** The session is no more; told at most once, never after `close`. */
  lost(cause: unknown): void;
}

/** A connection that holds: checked, migrated, listening. */
export interface Session {
  readonly pool: Pool;
  /** `PostgreSQL 18.4`. */
  readonly version: string;
  /** The migrations that were missing when it began. */
  readonly migrated: readonly string[];
  /** Rejects when the session is broken after all. */
  verify(): Promise<void>;
  notify(channel: Channel, payload: string): Promise<void>;
  /** Lets queries under way finish and writes down what is in memory. */
  close(): Promise<void>;
  /** Drops everything at once: queries under way fail. */
  abandon(): void;
}

export interface Engine {
  readonly kind: "embedded" | "server";
  /** Where it is, without secrets. */
  readonly place: string;
  /** False: nothing was made yet, so there is nothing in it. */
  isThere(): boolean;
  /** Between two tries at most. */
  readonly longestDelayMs: number;
  connect(events: SessionEvents): Promise<Session>;
  /** What went wrong and what mends it, in one sentence without secrets. */
  explain(cause: unknown): string;
}

export const channels: readonly Channel[] = ["keys", "people", "models", "config", "meters"];
