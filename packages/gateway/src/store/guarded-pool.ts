/** What Kysely takes for a pool: wakes one that is asleep, fails at once while it is away, and tells when a connection breaks. */

import type { PostgresPool, PostgresPoolClient, PostgresQueryResult } from "kysely";
import type { Pool, PoolClient } from "pg";
import { databaseAway, isConnectionFault, queryFault } from "./faults.ts";

interface Guard {
  /** A promise when somebody had to be woken first; it does not reject. */
  awake(): Promise<void> | undefined;
  /** Undefined while the database is away. */
  current(): Pool | undefined;
  /** A connection broke: perhaps only that one, perhaps all. */
  doubted(cause: unknown): void;
}

export function guardedPool(guard: Guard): PostgresPool {
  // Kysely knows a connection again by its object.
  const clients = new WeakMap<PoolClient, PostgresPoolClient>();
  return {
    async connect() {
      const waking = guard.awake();
      if (waking) await waking;
      const pool = guard.current();
      if (!pool) throw databaseAway();
      try {
        const client = await pool.connect();
        const known = clients.get(client) ?? guarded(client, guard);
        clients.set(client, known);
        return known;
      } catch (cause) {
        guard.doubted(cause);
        throw databaseAway(cause);
      }
    },
    // Whoever opened the pool closes it.
    end: async () => undefined,
  };
}

function guarded(client: PoolClient, guard: Guard): PostgresPoolClient {
  let broken = false;
  const inner: PostgresPoolClient = client;
  async function query<R>(sql: string, parameters: readonly unknown[]): Promise<PostgresQueryResult<R>> {
    try {
      return await inner.query<R>(sql, parameters);
    } catch (cause) {
      if (isConnectionFault(cause)) {
        broken = true;
        guard.doubted(cause);
      }
      throw queryFault(cause);
    }
  }
  return {
    // The other form takes a cursor; Kysely makes none unless it is given its constructor.
    query: query as PostgresPoolClient["query"],
    release: () => client.release(broken),
  };
}
