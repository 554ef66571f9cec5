/** `tollgate import litellm`: copies keys, people, limits and models from LiteLLM's database. */

import { GatewayError, systemClock } from "tollgate/parts";
import type { Config } from "../config/config.ts";
import { type ImportReport, importLitellm } from "../import/import-litellm.ts";
import { createEncryption } from "../secrets/encryption.ts";
import { readEnvironment } from "../secrets/environment.ts";
import { saltFor } from "../secrets/salt.ts";
import { openForeign } from "../store/foreign-server.ts";
import type { OpenedDatabase } from "../store/open-database.ts";
import { importReport } from "./import-report.ts";
import type { Ending, Outside } from "./outside.ts";
import type { RawFlags } from "./start-flags.ts";
import { withDatabase } from "./with-database.ts";

export interface ImportFlags extends RawFlags {
  /** Or `os.environ/NAME`: a password in an argument is seen by everybody on the machine. */
  readonly databaseUrl: string;
  readonly dryRun?: boolean;
  readonly replace?: boolean;
  readonly json?: boolean;
}

export function importFromLitellm(flags: ImportFlags, outside: Outside): Promise<Ending> {
  return withDatabase(flags, outside, async (database, config) => {
    const report = await imported(flags, outside, { database, config });
    outside.print(flags.json ? JSON.stringify(report, null, 2) : importReport(report));
    return 0;
  });
}

interface Target {
  readonly database: OpenedDatabase;
  readonly config: Config;
}

async function imported(flags: ImportFlags, outside: Outside, { database, config }: Target): Promise<ImportReport> {
  const { environment: env, dataDir, auth, limits } = config;
  const { salt } = await saltFor({ given: env["LITELLM_SALT_KEY"], dataDir });
  // LiteLLM encrypts with its master key where no salt is set.
  const secrets = [env["LITELLM_SALT_KEY"], auth.masterKey].filter((each): each is string => each !== undefined && each !== "");
  const source = await openForeign(urlOf(flags.databaseUrl, outside));
  try {
    const report = await importLitellm({
      ...{ source, database, secrets, encryption: await createEncryption(salt), timezone: limits.timezone, now: systemClock.now() },
      ...{ dryRun: flags.dryRun === true, replace: flags.replace === true },
    });
    if (!report.dryRun) await tellGateways(database);
    return report;
  } finally {
    await source.close();
  }
}

/** Those that run on the same server have other keys, people and models from now on. */
async function tellGateways(database: OpenedDatabase): Promise<void> {
  for (const channel of ["keys", "people", "models"] as const) await database.notify(channel, "*");
}

const reference = "os.environ/";

function urlOf(given: string, { cwd }: Outside): string {
  if (!given.startsWith(reference)) return given;
  const name = given.slice(reference.length);
  const value = readEnvironment({ cwd })[name];
  if (value) return value;
  throw new GatewayError("bad_request", `The environment variable ${name} is not set. Set it to the address in LiteLLM's DATABASE_URL.`);
}
