/** Says what changed, so that principals are out of force at once. */

import type { ManagementParts } from "./parts.ts";

/** So many are told one by one; more are told as "anything may have changed". */
const MOST = 200;

export interface Changes {
  /** `team:t1`, `user:u1` … */
  readonly people: readonly string[];
  /** Hashes of keys. */
  readonly keys?: readonly string[];
}

export async function announce({ changed }: Pick<ManagementParts, "changed">, { people, keys = [] }: Changes): Promise<void> {
  const names = new Set(people);
  const hashes = new Set(keys);
  if (names.size + hashes.size > MOST) return changed("people", "*");
  for (const name of names) await changed("people", name);
  for (const hash of hashes) await changed("keys", hash);
}
