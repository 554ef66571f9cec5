/** The embedded database as an engine: one session, in a thread of its own, in a folder that one process has to itself. */

import { EventEmitter } from "node:events";
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
import { startPglite } from "./pglite-thread.ts";

/** The version of PostgreSQL inside: a folder of another one cannot be opened. */
export const embeddedVersion = "18";

/** A query that waits for itself (one outside a transaction, awaited inside it) ends as an error instead of never. */
const acquireMs = 60_000;

export function embeddedEngine(folder: string): Engine {
  return {
    kind: "embedded",
    place: folder,
    // A try costs seconds of a processor.
    longestDelayMs: 60_000,
    explain: (cause) => explained(cause, folder),
    connect: (events) => begin(folder, events),
  };
}

async function begin(folder: string, events: SessionEvents): Promise<Session> {
  await mkdir(folder, { recursive: true, mode: 0o700 });
  await chmod(folder, 0o700);
  await makeFolder(folder);
  const thread = await startPglite({ folder }, events.lost);
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
    migrated = await migrate(client).finally(() => client.release());
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

/** Makes the database when there is none; one of another version is not touched. */
async function makeFolder(folder: string): Promise<void> {
  const version = (await readFile(join(folder, "PG_VERSION"), "utf8").catch(() => "")).trim();
  if (version === embeddedVersion) return;
  // Making one takes far more memory than running it, and only the end of the thread gives that back.
  if (version === "") return (await startPglite({ folder }, () => undefined)).close();
  throw new GatewayError(
    "database_away",
    `${folder} was made by PostgreSQL ${version}, and PostgreSQL ${embeddedVersion} is inside this version. ` +
      "Make a backup with the Tollgate that made it (tollgate backup), and restore that into a new data folder.",
  );
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
