/** The salt that secrets are encrypted with: given, kept from an earlier start, or made now. */

import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { openDataFolder } from "./data-folder.ts";
import { keptKey, putOnce } from "./master-key.ts";

export interface Salt {
  readonly salt: string;
  readonly source: "given" | "kept" | "made";
  /** Where it stands, unless it was given. */
  readonly file?: string;
}

/** `given`: LITELLM_SALT_KEY. Whoever loses the salt loses the secrets that were stored with it. */
export async function saltFor({ given, dataDir }: { readonly given?: string; readonly dataDir: string }): Promise<Salt> {
  if (given !== undefined && given !== "") return { salt: given, source: "given" };
  await openDataFolder(dataDir);
  const file = join(dataDir, "salt");
  const kept = await keptKey(file);
  if (kept !== undefined) return { salt: kept, source: "kept", file };
  const made = randomBytes(32).toString("base64url");
  await putOnce(file, made);
  // Another process may have been faster: what stands there counts.
  const salt = (await keptKey(file)) ?? made;
  return { salt, source: salt === made ? "made" : "kept", file };
}
