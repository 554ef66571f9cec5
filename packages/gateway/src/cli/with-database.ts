/** The configured database, open for one command: the folder of the embedded one locked, everything closed again. */

import { join } from "node:path";
import { GatewayError, systemClock } from "tollgate/parts";
import type { Config } from "../config/config.ts";
import { openDataFolder } from "../secrets/data-folder.ts";
import { readEnvironment } from "../secrets/environment.ts";
import { type OpenedDatabase, openDatabase } from "../store/open-database.ts";
import { takeDataFolder } from "./data-lock.ts";
import type { Ending, Outside } from "./outside.ts";
import { readConfig } from "./read-config.ts";
import { type RawFlags, startFlags } from "./start-flags.ts";

type Act = (database: OpenedDatabase, config: Config) => Promise<Ending>;

/** What cannot be done is told in a sentence, and the ending is 1. */
export async function withDatabase(raw: RawFlags, outside: Outside, act: Act): Promise<Ending> {
  const env = readEnvironment({ cwd: outside.cwd });
  const loaded = await readConfig({ named: raw.config, env, flags: startFlags(raw) }, outside);
  if (!loaded) return 1;
  try {
    if (loaded.config.store.databaseUrl === undefined) return await locked(loaded.config, outside, act);
    return await opened(loaded.config, act);
  } catch (cause) {
    outside.complain(sentenceOf(cause));
    return 1;
  }
}

async function locked(config: Config, outside: Outside, act: Act): Promise<Ending> {
  await openDataFolder(config.dataDir);
  const lock = await takeDataFolder(config.dataDir, systemClock);
  if ("heldBy" in lock) {
    outside.complain(
      `The data folder ${config.dataDir} is in use by ${lock.heldBy}. Stop it first: nobody else may open its database meanwhile.`,
    );
    return 1;
  }
  try {
    return await opened(config, act);
  } finally {
    lock.release();
  }
}

async function opened(config: Config, act: Act): Promise<Ending> {
  const { databaseUrl, poolSize, connectTimeoutMs } = config.store;
  const silent = { info: () => undefined, warn: () => undefined };
  const database = openDatabase({
    ...{ url: databaseUrl, folder: join(config.dataDir, "database"), clock: systemClock, log: silent },
    ...{ poolSize, connectTimeoutMs },
  });
  try {
    await connected(database);
    return await act(database, config);
  } finally {
    await database.close();
  }
}

/** A gateway would try again; somebody who waits for a command wants to know at once. */
function connected(database: OpenedDatabase): Promise<void> {
  return new Promise((resolve, reject) => {
    database.watch((state) => {
      if (state === "connected") resolve();
      if (state === "away") reject(new GatewayError("database_away", database.problem ?? "The database cannot be reached."));
    });
  });
}

function sentenceOf(cause: unknown): string {
  if (cause instanceof GatewayError) return cause.message;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  // The system's own words name the file: `ENOENT: no such file or directory, open 'x'`.
  if (cause instanceof Error && /^E[A-Z]+$/.test(code)) return cause.message;
  return cause instanceof Error ? (cause.stack ?? cause.message) : String(cause);
}
