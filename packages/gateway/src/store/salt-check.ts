/** Whether the salt fits what was encrypted before: asked once at start, before a secret is read wrong or written with another salt. */

import { type Kysely, sql } from "kysely";
import { GatewayError } from "tollgate/parts";
import type { Encryption } from "../secrets/encryption.ts";
import type { Tables } from "./tables.ts";

/** A row of the table `config` that no route may show or change. */
export const SALT_CHECK = "salt_check";

const known = "tollgate";

/** The first start writes a known text, every other must be able to read it. Rejects when it cannot. */
export async function checkSalt(database: Kysely<Tables>, encryption: Encryption): Promise<void> {
  const value = JSON.stringify({ text: encryption.encrypt(known) });
  await database
    .insertInto("config")
    .values({ param_name: SALT_CHECK, param_value: value })
    .onConflict((row) => row.doNothing())
    .execute();
  const { text } = await database
    .selectFrom("config")
    .select(sql<string>`param_value->>'text'`.as("text"))
    .where("param_name", "=", SALT_CHECK)
    .executeTakeFirstOrThrow();
  if (opens(encryption, text)) return;
  throw new GatewayError(
    "internal",
    "The salt does not fit the secrets in the database: they were encrypted with another one. Set LITELLM_SALT_KEY to the salt that was used " +
      "before, the same for all gateways of this database, or put the file `salt` of the former data folder back.",
    { code: "wrong_salt" },
  );
}

function opens(encryption: Encryption, text: string): boolean {
  try {
    return encryption.decrypt(text) === known;
  } catch {
    return false;
  }
}
