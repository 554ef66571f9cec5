/** Backups: all rows as lines of JSON, so that they fit either engine and any version of PostgreSQL. */

import { createReadStream, createWriteStream } from "node:fs";
import { open, rename, rm } from "node:fs/promises";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { createGunzip, createGzip } from "node:zlib";
import { sql, type Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import type { Database } from "./database.ts";
import { daysOf, makeDays } from "./partitions.ts";
import { SALT_CHECK } from "./salt-check.ts";
import type { Tables } from "./tables.ts";

export interface BackupSums {
  readonly rows: number;
  readonly tables: number;
}

/** The first line. Lines that begin with `#` are about the backup; all others are rows of the table that was named last. */
interface Head {
  readonly tollgate: "backup";
  readonly version: 1;
  readonly migrations: readonly string[];
  readonly days: readonly string[];
}

type Mark = Head | { readonly table: string } | { readonly rows: number };

const batch = 200;

/**
 * Writes everything as it is at one moment; calls go on meanwhile. Secrets stay encrypted in it: without the salt they cannot be read,
 * so the salt must be kept, too.
 */
export async function writeBackup({ sql: database }: Database, file: string): Promise<BackupSums> {
  const draft = `${file}.part`;
  const sums = { rows: 0, tables: 0 };
  try {
    await database
      .transaction()
      .setIsolationLevel("repeatable read")
      .setAccessMode("read only")
      .execute((inside) => pipeline(Readable.from(linesOf(inside, sums)), createGzip(), createWriteStream(draft, { mode: 0o600 })));
    await toDisk(draft);
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
  return sums;
}

/** Fills a database that holds nothing yet, whole or not at all. */
export async function restoreBackup({ sql: database }: Database, file: string): Promise<BackupSums> {
  const sums = { rows: 0, tables: 0 };
  await database.transaction().execute(async (inside) => {
    await mustBeEmpty(inside);
    let rows: string[] = [];
    let table: string | undefined;
    let ended: number | undefined;
    const flush = async (): Promise<void> => {
      if (table !== undefined && rows.length > 0) await insertRows(inside, table, rows);
      sums.rows += rows.length;
      rows = [];
    };
    for await (const line of linesIn(file)) {
      if (!line.startsWith("#")) {
        rows.push(line);
        if (rows.length === batch) await flush();
        continue;
      }
      await flush();
      const mark = markOf(line, file);
      if ("tollgate" in mark) await begin(inside, mark);
      else if ("table" in mark) table = await tableIn(inside, mark.table, sums);
      else ended = mark.rows;
    }
    if (ended !== sums.rows) throw refused(`${file} is cut off: it holds ${sums.rows} rows and no proper end. Use another backup.`);
  });
  return sums;
}

async function* linesOf(inside: Transaction<Tables>, sums: { rows: number; tables: number }): AsyncGenerator<string> {
  const marked = (mark: Mark): string => `# ${JSON.stringify(mark)}\n`;
  yield marked({ tollgate: "backup", version: 1, migrations: await migrationsIn(inside), days: await daysOf(inside) });
  for (const table of await tablesIn(inside)) {
    yield marked({ table });
    sums.tables += 1;
    await sql`declare backup no scroll cursor for select row_to_json(t)::text as line from ${sql.table(table)} t`.execute(inside);
    for (;;) {
      const { rows } = await sql<{ line: string }>`fetch ${sql.lit(batch)} from backup`.execute(inside);
      if (rows.length === 0) break;
      sums.rows += rows.length;
      yield `${rows.map(({ line }) => line).join("\n")}\n`;
    }
    await sql`close backup`.execute(inside);
  }
  yield marked({ rows: sums.rows });
}

async function* linesIn(file: string): AsyncGenerator<string> {
  const unpacked = createGunzip().setEncoding("utf8");
  createReadStream(file)
    .on("error", (cause) => unpacked.destroy(cause))
    .pipe(unpacked);
  let rest = "";
  try {
    for await (const part of unpacked) {
      const lines = (rest + String(part)).split("\n");
      rest = lines.pop() ?? "";
      yield* lines;
    }
  } catch (cause) {
    const text = cause instanceof Error ? cause.message : String(cause);
    throw refused(`${file} cannot be read as a backup (${text}). Name a file that tollgate backup wrote.`, cause);
  } finally {
    unpacked.destroy();
  }
}

async function begin(inside: Transaction<Tables>, head: Head): Promise<void> {
  const here = await migrationsIn(inside);
  if (here.join() !== head.migrations.join())
    throw refused(
      `The backup is of another version of Tollgate (tables up to ${head.migrations.at(-1)}, here ${here.at(-1)}). ` +
        "Restore it with the version that made it, and start this one on the result.",
    );
  await makeDays(inside, head.days);
}

async function mustBeEmpty(inside: Transaction<Tables>): Promise<void> {
  await inside.deleteFrom("config").where("param_name", "=", SALT_CHECK).execute();
  for (const table of await tablesIn(inside)) {
    const { rows } = await sql`select 1 from ${sql.table(table)} limit 1`.execute(inside);
    if (rows.length > 0 && table !== "instances")
      throw refused(
        `The database holds rows already (in ${table}). Restore into an empty one: a new data folder, or a new PostgreSQL database.`,
      );
  }
  await inside.deleteFrom("instances").execute();
}

async function tableIn(inside: Transaction<Tables>, name: string, sums: { tables: number }): Promise<string> {
  if (!(await tablesIn(inside)).includes(name)) throw refused(`The backup has a table ${name} that is not known here.`);
  sums.tables += 1;
  return name;
}

async function insertRows(inside: Transaction<Tables>, table: string, rows: readonly string[]): Promise<void> {
  const name = sql.table(table);
  // As text all the way: numbers keep every digit.
  await sql`insert into ${name} select * from jsonb_populate_recordset(null::${name}, ${`[${rows.join(",")}]`}::jsonb)`.execute(inside);
}

/** All of ours, a partitioned one once. */
async function tablesIn(inside: Transaction<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`
    select relname as name from pg_class where relnamespace = current_schema()::regnamespace
    and relkind in ('r', 'p') and not relispartition and relname <> 'migrations' order by 1`.execute(inside);
  return rows.map(({ name }) => name);
}

async function migrationsIn(inside: Transaction<Tables>): Promise<readonly string[]> {
  const { rows } = await sql<{ name: string }>`select name from migrations order by name`.execute(inside);
  return rows.map(({ name }) => name);
}

function markOf(line: string, file: string): Mark {
  try {
    return JSON.parse(line.slice(1)) as Mark;
  } catch (cause) {
    throw refused(`${file} is damaged. Use another backup.`, cause);
  }
}

async function toDisk(file: string): Promise<void> {
  const handle = await open(file, "r");
  await handle.sync().finally(() => handle.close());
}

function refused(text: string, cause?: unknown): GatewayError {
  return new GatewayError("bad_request", text, { cause });
}
