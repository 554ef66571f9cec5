/** The encryption of the database's secrets, once it is known to be the right one. */

import { createEncryption, type Encryption } from "../secrets/encryption.ts";
import type { Database } from "../store/database.ts";
import { checkSalt } from "../store/salt-check.ts";

export interface SecretsOptions {
  readonly salt: () => Promise<string>;
  readonly database: Pick<Database, "sql" | "ready">;
  /** The salt is not the one that the stored secrets were encrypted with. */
  readonly onWrongSalt: (cause: unknown) => void;
}

/** Rejects for as long as the salt is wrong: nothing is read wrong, nothing is written that others cannot read. */
export function createSecrets({ salt, database, onWrongSalt }: SecretsOptions): () => Promise<Encryption> {
  const made = salt().then(createEncryption);
  const checked = Promise.all([made, database.ready]).then(async ([encryption]) => {
    await checkSalt(database.sql, encryption);
    return encryption;
  });
  made.catch(() => undefined);
  checked.catch((cause: unknown) => onWrongSalt(cause));
  return () => checked;
}
