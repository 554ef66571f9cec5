/** A PostgreSQL database of something else, opened to be read: one connection that cannot write and sees all as it was at one moment. */

import { Client } from "pg";
import { GatewayError } from "tollgate/parts";
import { type PostgresAddress, parsePostgresAddress, placeOf } from "./postgres-address.ts";
import { serverProblem } from "./problems.ts";
import { goesWithoutTls, tlsOptions } from "./server-tls.ts";

export type ForeignRow = Readonly<Record<string, unknown>>;

export interface ForeignDatabase {
  /** `host:port/database`. */
  readonly place: string;
  /** Those of its schema whose names begin so. */
  tables(prefix: string): Promise<readonly string[]>;
  /** Whole rows as JSON has them, some at a time: a table of another version with fewer columns is as good. One table after another. */
  rows(table: string): AsyncGenerator<readonly ForeignRow[]>;
  /** How many rows, but no more than `most` of them are counted. */
  count(table: string, most: number): Promise<number>;
  close(): Promise<void>;
}

const batch = 500;
const connectMs = 10_000;

/** Throws a GatewayError that says what is wrong and what mends it, without the password. */
export async function openForeign(url: string): Promise<ForeignDatabase> {
  const address = parsePostgresAddress(url);
  if ("problem" in address) throw new GatewayError("bad_request", aboutOther(address.problem));
  try {
    const client = await connected(address, false);
    return foreign(client, address);
  } catch (cause) {
    throw new GatewayError("database_away", aboutOther(serverProblem(cause, address)), { cause });
  }
}

/** The sentences were written for our own database. */
function aboutOther(problem: string): string {
  return problem.replaceAll("DATABASE_URL", "--database-url");
}

async function connected(address: PostgresAddress, withoutTls: boolean): Promise<Client> {
  const { host, port, user, password, database, schema, connectTimeoutMs } = address;
  const client = new Client({
    ...{ host, port, user, database, password: password ?? "" },
    ssl: withoutTls ? false : await tlsOptions(address),
    connectionTimeoutMillis: connectTimeoutMs ?? connectMs,
    application_name: "tollgate import",
    ...(schema !== undefined && { options: `-c search_path="${schema.replace(/["\\\s]/g, "")}"` }),
  });
  // A break shows itself in the query that waits.
  client.on("error", () => undefined);
  try {
    await client.connect();
    await client.query("begin isolation level repeatable read read only");
    return client;
  } catch (cause) {
    await client.end().catch(() => undefined);
    if (withoutTls || !goesWithoutTls(cause, address)) throw cause;
    return connected(address, true);
  }
}

function foreign(client: Client, address: PostgresAddress): ForeignDatabase {
  return {
    place: placeOf(address),
    async tables(prefix) {
      const { rows } = await client.query<{ name: string }>(
        "select relname as name from pg_class where relnamespace = current_schema()::regnamespace and relkind in ('r', 'p') and starts_with(relname, $1) order by 1",
        [prefix],
      );
      return rows.map(({ name }) => name);
    },
    async *rows(table) {
      await client.query(`declare reading no scroll cursor for select to_jsonb(t) as row from ${client.escapeIdentifier(table)} t`);
      try {
        for (;;) {
          const { rows } = await client.query<{ row: ForeignRow }>(`fetch ${batch} from reading`);
          if (rows.length === 0) break;
          yield rows.map(({ row }) => row);
        }
      } finally {
        await client.query("close reading");
      }
    },
    async count(table, most) {
      const { rows } = await client.query<{ count: number }>(
        `select count(*)::int4 as count from (select 1 from ${client.escapeIdentifier(table)} limit $1) t`,
        [most],
      );
      return rows[0]?.count ?? 0;
    },
    close: () => client.end(),
  };
}
