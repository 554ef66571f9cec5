/** Brings the tables to the state that this code needs, or says why that cannot be. */

import { createHash } from "node:crypto";
import { GatewayError } from "tollgate/parts";
import { type Migration, migrations } from "./migrations/catalog.ts";

/** Just enough of a connection of `pg`. */
export interface Connection {
  query(sql: string, values?: unknown[]): Promise<{ rows: unknown[] }>;
}

interface Applied {
  readonly name: string;
  readonly checksum: string;
}

/** `code` of the errors that no further try mends. */
export const WRONG_MIGRATIONS = "wrong_migrations";

/** Any number: whoever migrates the same database takes the same one. */
const lock = 7_450_018_253;

/** All that is missing, in one transaction: a process that is killed in the middle leaves nothing behind. Answers the names of what was applied. */
export async function migrate(connection: Connection, all: readonly Migration[] = migrations): Promise<readonly string[]> {
  if (missingOf(all, await appliedIn(connection)).length === 0) return [];
  await connection.query("begin");
  try {
    // Held to the end of the transaction, so it also works behind a pooler that hands connections around.
    await connection.query(`select pg_advisory_xact_lock(${lock})`);
    await connection.query(
      "create table if not exists migrations (name text primary key, checksum text not null, applied_at timestamptz not null default now())",
    );
    const missing = missingOf(all, await appliedIn(connection));
    for (const migration of missing) {
      await connection.query(migration.sql);
      await connection.query("insert into migrations (name, checksum) values ($1, $2)", [migration.name, checksumOf(migration)]);
    }
    await connection.query("commit");
    return missing.map(({ name }) => name);
  } catch (cause) {
    // A connection that broke has rolled back by itself, and the first fault is the one to tell.
    await connection.query("rollback").catch(() => undefined);
    throw cause;
  }
}

/** What a database has had: empty when it is new. */
export async function appliedIn(connection: Connection): Promise<readonly Applied[]> {
  const { rows } = await connection.query(
    "select exists (select 1 from pg_class where relname = 'migrations' and relnamespace = current_schema()::regnamespace) as found",
  );
  if (!(rows as { found: boolean }[])[0]?.found) return [];
  return (await connection.query("select name, checksum from migrations order by name")).rows as Applied[];
}

function missingOf(all: readonly Migration[], applied: readonly Applied[]): readonly Migration[] {
  const known = new Map(all.map((migration) => [migration.name, migration]));
  const newer = applied.filter(({ name }) => !known.has(name));
  if (newer.length > 0) throw wrong(newerText(newer.map(({ name }) => name)));
  const changed = applied.filter(({ name, checksum }) => checksum !== checksumOf(known.get(name)));
  if (changed.length > 0) throw wrong(changedText(changed.map(({ name }) => name)));
  const done = new Set(applied.map(({ name }) => name));
  return all.filter(({ name }) => !done.has(name));
}

function checksumOf(migration: Migration | undefined): string {
  return createHash("sha256")
    .update(migration?.sql ?? "")
    .digest("hex");
}

function newerText(names: readonly string[]): string {
  return (
    `The database was made by a newer Tollgate: it has ${names.join(", ")}, which this version does not know. ` +
    "Start that version or a newer one, or restore a backup that was made before."
  );
}

function changedText(names: readonly string[]): string {
  return (
    `The migration ${names.join(", ")} of the database differs from the one in this version, so its tables may differ, too. ` +
    "Start the version that made the database, or restore a backup of it into an empty one."
  );
}

function wrong(text: string): GatewayError {
  return new GatewayError("internal", text, { code: WRONG_MIGRATIONS });
}
