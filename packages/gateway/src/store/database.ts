/** The database as the rest of the gateway sees it: one interface in front of the embedded engine and of a PostgreSQL server. */

import type { Kysely } from "kysely";
import type { Tables } from "./tables.ts";

/** `asleep`: nobody has needed the embedded database yet, so it is neither made nor opened; only before it was open for the first time. */
export type DatabaseState = "asleep" | "opening" | "connected" | "away";

export interface Database {
  readonly kind: "embedded" | "server";
  /** Queries. They wake a database that is asleep, and wait for it; else they throw a GatewayError (database_away) at once while it is not connected. */
  readonly sql: Kysely<Tables>;
  readonly state: DatabaseState;
  /** Why it is away, in one sentence without secrets. */
  readonly problem: string | undefined;
  /** Somebody needs it: one that is asleep begins to open. Nothing otherwise. */
  wake(): void;
  /** Resolves when it is connected and migrated for the first time; rejects only when that can never be (wrong migrations). */
  readonly ready: Promise<void>;
  /** Told of each change of state, at once with the present one. The answer stops it. */
  watch(listener: (state: DatabaseState) => void): () => void;
  /** Tells all instances, this one too, without waiting; lost while the database is away. `payload` is short. */
  notify(channel: Channel, payload: string): Promise<void>;
  /** Told of what others notified. On a server by LISTEN, and by a poll after a reconnect: then the payload is "*", which means anything may have changed. */
  listen(channel: Channel, listener: (payload: string) => void): () => void;
  close(): Promise<void>;
}

/** What instances tell each other: that a row of this kind changed; the payload is its id. */
export type Channel = "keys" | "people" | "models" | "config" | "meters";
