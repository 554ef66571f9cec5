/** Credentials that rows name by `litellm_credential_name`: those of the config, then those of the database. */

import type { Encryption } from "../secrets/encryption.ts";
import type { Database } from "../store/database.ts";

export type CredentialValues = Readonly<Record<string, unknown>>;
export type NamedCredentials = ReadonlyMap<string, CredentialValues>;

/** One that cannot be decrypted is as good as none. */
export async function readCredentials(
  sql: Pick<Database["sql"], "selectFrom">,
  encryption: Encryption,
  onProblem: (name: string, cause: unknown) => void,
): Promise<NamedCredentials> {
  const rows = await sql.selectFrom("credentials").select(["credential_name", "credential_values"]).execute();
  const named = new Map<string, CredentialValues>();
  for (const row of rows) {
    try {
      named.set(row.credential_name, encryption.decryptJson(row.credential_values) as CredentialValues);
    } catch (cause) {
      onProblem(row.credential_name, cause);
    }
  }
  return named;
}
