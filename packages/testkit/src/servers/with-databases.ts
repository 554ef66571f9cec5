/** The same tests for the embedded database and for a PostgreSQL server. */

import { sql } from "kysely";
import { afterAll, afterEach, beforeAll, beforeEach, describe } from "vitest";
import type { OpenedDatabase } from "../../../gateway/src/store/open-database.ts";
import { type EngineName, type FreshDatabase, freshDatabase, openForTest } from "./fresh-database.ts";

/** For use inside tests and their hooks, not while they are declared. */
export interface Stage {
  readonly engine: EngineName;
  /** Migrated, and empty at the begin of each test. */
  readonly database: OpenedDatabase;
  /** What another gateway on the same database has; closed after the test. The embedded one is its only user, so there it is the same. */
  another(): Promise<OpenedDatabase>;
}

export function withDatabases(name: string, tests: (stage: Stage) => void): void {
  describe.each<EngineName>(["embedded", "server"])(`${name} (%s)`, (engine) => {
    let fresh: FreshDatabase | undefined;
    const others: OpenedDatabase[] = [];
    const opened = (): FreshDatabase => {
      if (!fresh) throw new Error("The database is there inside tests only.");
      return fresh;
    };
    beforeAll(async () => {
      fresh = await freshDatabase(engine);
    }, 60_000);
    beforeEach(() => emptyTables(opened().database));
    afterEach(async () => {
      await Promise.all(others.splice(0).map((database) => database.close()));
    });
    afterAll(() => fresh?.remove());
    tests({
      engine,
      get database() {
        return opened().database;
      },
      async another() {
        if (engine === "embedded") return opened().database;
        const database = openForTest(opened());
        others.push(database);
        await database.ready;
        return database;
      },
    });
  });
}

/** Rows are deleted, not truncated: on nearly empty tables that is much quicker. Days of calls go as a whole. */
async function emptyTables({ sql: database }: OpenedDatabase): Promise<void> {
  const { rows } = await sql<{ name: string; is_day: boolean }>`
    select relname as name, relispartition as is_day from pg_class
    where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and relname <> 'migrations'`.execute(database);
  const statements = rows.map(({ name, is_day }) => (is_day ? `drop table ${name}` : `delete from ${name}`));
  await sql.raw(`do $$ begin ${statements.join("; ")}; end $$`).execute(database);
}
