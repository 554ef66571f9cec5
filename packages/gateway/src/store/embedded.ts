/** The embedded database as an engine: one session, in a thread of its own, in a folder that one process has to itself. */

import { EventEmitter } from "node:events";
import { statSync } from "node:fs";
import { chmod, mkdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { Pool } from "pg";
import { GatewayError } from "tollgate/parts";
import { columnTypes } from "./column-types.ts";
import type { Channel } from "./database.ts";
import type { Engine, Session, SessionEvents } from "./engine.ts";
import { codeOf } from "./faults.ts";
import { hearFaults } from "./hear-faults.ts";
import { migrate } from "./migrate.ts";
import { migrations } from "./migrations/catalog.ts";
import { type PgliteThread, startPglite } from "./pglite-thread.ts";
import { fittingSeed } from "./seed.ts";

/** The version of PostgreSQL inside: a folder of another one cannot be opened. */
export const embeddedVersion = "18";

/** A query that waits for itself (one outside a transaction, awaited inside it) ends as an error instead of never. */
const acquireMs = 60_000;

/** `seed` says which file a new database is unpacked from; without one it is made. */
export function embeddedEngine(folder: string, seed: () => Promise<string | undefined> = fittingSeed): Engine {
  return {
    kind: "embedded",
    place: folder,
    isThere: () => isThere(folder),
    // A try costs seconds of a processor.
    longestDelayMs: 60_000,
    explain: (cause) => explained(cause, folder),
    connect: (events) => begin(folder, seed, events),
  };
}

async function begin(folder: string, seed: () => Promise<string | undefined>, events: SessionEvents): Promise<Session> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  const { thread, seeded } = await openFolder(folder, seed, events.lost);
  const pool = new Pool({
    ...{ max: 1, idleTimeoutMillis: 0, connectionTimeoutMillis: acquireMs },
    ...{ user: "postgres", database: "postgres", password: "", ssl: false },
    stream: () => thread.stream(),
    types: columnTypes,
  });
  hearFaults(pool);
  let migrated: readonly string[] = [];
  try {
    const client = await pool.connect();
    const missing = await migrate(client).finally(() => client.release());
    // A seed has had all that there are.
    migrated = seeded ? migrations.map(({ name }) => name) : missing;
  } catch (cause) {
    await thread.close();
    throw cause;
  }
  // Nobody else is there to be told: this process is the only one.
  const inside = new EventEmitter();
  inside.on("notify", (channel: Channel, payload: string) => events.notified(channel, payload));
  return {
    pool,
    version: `PostgreSQL ${embeddedVersion}, embedded`,
    migrated,
    verify: async () => void (await pool.query("select 1")),
    notify: async (channel, payload) => void setImmediate(() => inside.emit("notify", channel, payload)),
    async close() {
      inside.removeAllListeners();
      await pool.end();
      await thread.close();
    },
    abandon() {
      inside.removeAllListeners();
      thread.kill();
      void pool.end().catch(() => undefined);
    },
  };
}

interface OpenedFolder {
  readonly thread: PgliteThread;
  readonly seeded: boolean;
}

/** Makes the database when there is none; one of another version is not touched. */
async function openFolder(folder: string, seed: () => Promise<string | undefined>, lost: (cause: unknown) => void): Promise<OpenedFolder> {
  const version = await versionOf(folder);
  if (version === embeddedVersion) return { thread: await startPglite({ folder }, lost), seeded: false };
  if (version !== "")
    throw new GatewayError(
      "database_away",
      `${folder} was made by PostgreSQL ${version}, and PostgreSQL ${embeddedVersion} is inside this version. ` +
        "Make a backup with the Tollgate that made it (tollgate backup), and restore that into a new data folder.",
    );
  const file = await seed();
  if (file !== undefined) {
    try {
      return { thread: await startPglite({ folder, seed: file }, lost), seeded: true };
    } catch (cause) {
      if ((await versionOf(folder)) !== "") throw cause;
      // The folder holds something, or the seed is damaged: what cannot be made either way is told by the longer one.
      await mkdir(folder, { recursive: true, mode: 0o700 });
    }
  }
  // Making one takes far more memory than running it, and only the end of the thread gives that back.
  await (await startPglite({ folder }, () => undefined)).close();
  return { thread: await startPglite({ folder }, lost), seeded: false };
}

/** Empty: there is none. */
async function versionOf(folder: string): Promise<string> {
  return (await readFile(join(folder, "PG_VERSION"), "utf8").catch(() => "")).trim();
}

/** What cannot be looked at is there: opening it says what is wrong with it. */
function isThere(folder: string): boolean {
  try {
    statSync(join(folder, "PG_VERSION"));
    return true;
  } catch (cause) {
    return codeOf(cause) !== "ENOENT";
  }
}

function explained(cause: unknown, folder: string): string {
  if (cause instanceof GatewayError) return cause.message;
  const text = cause instanceof Error ? cause.message : String(cause);
  const code = codeOf(cause);
  if (/^(EACCES|EPERM|EROFS)$/.test(code))
    return `The embedded database in ${folder} may not be written by this user. Give it the folder, or name another with --data.`;
  if (code === "ENOSPC" || /ENOSPC|No space left/i.test(text))
    return `The disk of ${folder} is full. Make room there, or name another folder with --data.`;
  return `The embedded database in ${folder} cannot be opened (${text}). If it stays so, move the folder away and restore a backup (tollgate restore).`;
}
