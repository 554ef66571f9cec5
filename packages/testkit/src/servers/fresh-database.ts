/** Empty, migrated databases for tests, quickly: copies of one that was made before. */

import { createHash, randomUUID } from "node:crypto";
import { cp, mkdir, mkdtemp, rename, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { Client } from "pg";
import { systemClock } from "tollgate/parts";
import { migrate } from "../../../gateway/src/store/migrate.ts";
import { migrations } from "../../../gateway/src/store/migrations/catalog.ts";
import { type OpenedDatabase, openDatabase } from "../../../gateway/src/store/open-database.ts";
import { sharedPostgres } from "./ask-server.ts";

export type EngineName = "embedded" | "server";

export interface FreshDatabase {
  readonly database: OpenedDatabase;
  /** On a server: its address, for one more instance. */
  readonly url?: string;
  /** The embedded one: its folder. */
  readonly folder: string;
  remove(): Promise<void>;
}

const quiet = { info: () => undefined, warn: () => undefined };

export function openForTest(place: { readonly url?: string; readonly folder: string }): OpenedDatabase {
  return openDatabase({ ...place, clock: systemClock, log: quiet, poolSize: 5 });
}

export function freshDatabase(engine: EngineName): Promise<FreshDatabase> {
  return engine === "embedded" ? freshEmbedded() : freshOnServer();
}

/** Changes with the migrations: another state is another seed. */
const state = createHash("sha256").update(JSON.stringify(migrations)).digest("hex").slice(0, 12);

async function freshEmbedded(): Promise<FreshDatabase> {
  const temporary = await mkdtemp(join(tmpdir(), "tollgate-db-"));
  const folder = join(temporary, "database");
  await cp(await embeddedSeed(), folder, { recursive: true });
  const database = openForTest({ folder });
  await database.ready;
  return {
    database,
    folder,
    async remove() {
      await database.close();
      await rm(temporary, { recursive: true, force: true });
    },
  };
}

/** The folder of an empty, migrated embedded database, to be copied. Making one takes seconds, so it is kept between runs. */
export async function embeddedSeed(): Promise<string> {
  const cache = fileURLToPath(new URL("../../../../node_modules/.cache/tollgate", import.meta.url));
  const seed = join(cache, `embedded-${state}`);
  if (await stat(seed).catch(() => undefined)) return seed;
  await mkdir(cache, { recursive: true });
  const draft = await mkdtemp(join(cache, "draft-"));
  const database = openForTest({ folder: draft });
  await database.ready;
  await database.close();
  // Another file may have been quicker: its seed is as good.
  await rename(draft, seed).catch(() => rm(draft, { recursive: true, force: true }));
  return seed;
}

async function freshOnServer(): Promise<FreshDatabase> {
  const server = await sharedPostgres();
  const name = `test_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, async (client) => {
    await makeTemplate(client, server);
    await client.query(`create database ${name} template ${template}`);
  });
  const url = inDatabase(server, name);
  const database = openForTest({ url, folder: "" });
  await database.ready;
  return {
    database,
    url,
    folder: "",
    async remove() {
      await database.close();
      await onServer(server, (client) => client.query(`drop database if exists ${name} with (force)`));
    },
  };
}

const template = `seed_${state}`;

async function makeTemplate(client: Client, server: string): Promise<void> {
  // Files of one run begin at the same time.
  await client.query("select pg_advisory_lock(1)");
  const { rows } = await client.query("select 1 from pg_database where datname = $1", [template]);
  if (rows.length === 0) {
    const draft = `draft_${randomUUID().replaceAll("-", "")}`;
    await client.query(`create database ${draft}`);
    await onServer(inDatabase(server, draft), (inside) => migrate(inside));
    await client.query(`alter database ${draft} rename to ${template}`);
  }
  await client.query("select pg_advisory_unlock(1)");
}

/** An empty database on the shared server, without tables; its address. */
export async function emptyOnServer(): Promise<string> {
  const server = await sharedPostgres();
  const name = `empty_${randomUUID().replaceAll("-", "")}`;
  await onServer(server, (client) => client.query(`create database ${name}`));
  return inDatabase(server, name);
}

export async function onServer<T>(url: string, act: (client: Client) => Promise<T>): Promise<T> {
  const client = new Client(url);
  await client.connect();
  try {
    return await act(client);
  } finally {
    await client.end();
  }
}

export function inDatabase(url: string, name: string): string {
  return url.replace(/\/[^/]*$/, `/${name}`);
}
