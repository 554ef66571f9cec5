/** Joins what may change while the gateway runs: models and settings of file and database. Part of assemble.ts. */

import type { BuiltHouse } from "tollgate/parts";
import type { Config } from "./config/config.ts";
import type { Keeping } from "./keeping.ts";
import { createRunSettings, type RunSettings } from "./management/config-settings.ts";
import { createModels, type FileModels, type Models } from "./models/models.ts";
import { createSecrets } from "./models/secrets.ts";
import type { Log } from "./observers/log.ts";
import type { Encryption } from "./secrets/encryption.ts";
import { saltFor } from "./secrets/salt.ts";

export interface InForce {
  readonly models: Models;
  readonly settings: RunSettings;
  readonly secrets: () => Promise<Encryption>;
  close(): void;
}

interface Around {
  readonly house: BuiltHouse;
  readonly keeping: Keeping | undefined;
  readonly log: Log;
}

export function openInForce(config: Config, { house, keeping, log }: Around): InForce {
  const { environment: env, dataDir } = config;
  const warn = (fields: object, text: string): void => log.warn(fields, text);
  let closed = false;
  const secrets = keeping
    ? createSecrets({
        salt: async () => (await saltFor({ given: env["LITELLM_SALT_KEY"], dataDir })).salt,
        database: keeping.database,
        onWrongSalt(cause) {
          // A database that was never open until the end has no models.
          if (!closed) log.error({ error: log.redact(String(cause)) }, "models and credentials of the database are not in force");
        },
      })
    : () => Promise.reject(new Error("There is no database."));
  const models = createModels({
    file: fileModels(config),
    // Of the file alone, when nothing of the database is wanted.
    database: config.store.storeModelsInDatabase ? keeping?.database : undefined,
    encryption: secrets,
    env,
    replaceRows: (rows) => house.replaceRows(rows),
    onAccessChanged: () => keeping?.principals.forget("*"),
    warn,
  });
  const settings = createRunSettings({
    file: { general_settings: config.general, litellm_settings: config.litellm, router_settings: {} },
    database: keeping?.database,
    warn,
  });
  return {
    models,
    settings,
    secrets,
    close() {
      closed = true;
      models.close();
      settings.close();
    },
  };
}

export function fileModels({ rows, credentials }: Config): FileModels {
  return { rows, credentials };
}
