/** The master key of this gateway: given, kept from an earlier start, or made now; weak ones only where nobody else can come. */

import { randomBytes, randomUUID } from "node:crypto";
import { link, readFile, rename, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openDataFolder } from "./data-folder.ts";

interface MasterKeyAsk {
  /** From the config or the environment. */
  readonly given?: string;
  readonly permitWeak: boolean;
  readonly host: string;
  readonly dataDir: string;
}

export type MasterKey =
  | { readonly key: string; readonly source: "given" }
  | { readonly key: string; readonly source: "kept" | "made"; readonly file: string }
  /** Why the gateway must not start. */
  | { readonly refusal: string };

const least = 16;

export async function masterKeyFor({ given, permitWeak, host, dataDir }: MasterKeyAsk): Promise<MasterKey> {
  if (given !== undefined) {
    const weakness = weaknessOf(given);
    if (weakness === undefined || permitWeak || isLoopback(host)) return { key: given, source: "given" };
    return { refusal: refusalOf(weakness, host) };
  }
  await openDataFolder(dataDir);
  const file = join(dataDir, "master-key");
  const kept = await keptKey(file);
  if (kept !== undefined) return { key: kept, source: "kept", file };
  const made = `sk-${randomBytes(24).toString("base64url")}`;
  await putOnce(file, made);
  // Another process may have been faster: what stands there counts.
  const key = (await keptKey(file)) ?? made;
  return { key, source: key === made ? "made" : "kept", file };
}

/** Puts a file there whole or not at all, and never over another. */
export async function putOnce(file: string, key: string): Promise<void> {
  const draft = `${file}.${randomUUID()}`;
  try {
    await writeFile(draft, `${key}\n`, { mode: 0o600, flag: "wx" });
    await link(draft, file);
  } catch (cause) {
    const code = cause instanceof Error && "code" in cause ? cause.code : undefined;
    if (code === "EEXIST") return;
    // Some network drives know no second name for a file.
    if (code !== "EPERM" && code !== "ENOTSUP" && code !== "ENOSYS") throw cause;
    await rename(draft, file);
  } finally {
    await rm(draft, { force: true });
  }
}

/** The key in the file, if there is a whole one. */
export async function keptKey(file: string): Promise<string | undefined> {
  try {
    const key = (await readFile(file, "utf8")).trim();
    return key === "" ? undefined : key;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && cause.code === "ENOENT") return undefined;
    throw cause;
  }
}

function weaknessOf(key: string): string | undefined {
  if (key === "sk-1234") return "is the one of the documentation's examples";
  if (key.length < least) return `is shorter than ${least} characters`;
  if (!key.startsWith("sk-")) return 'does not start with "sk-"';
  return undefined;
}

function refusalOf(weakness: string, host: string): string {
  return (
    `The master key ${weakness}, and this gateway would be reachable from other machines (host ${host}). ` +
    'Set a long random one that starts with "sk-" (or none: then one is made and kept in the data folder), listen on 127.0.0.1, ' +
    "or set general_settings.dangerously_permit_weak_or_unset_master_key: true."
  );
}

/** True for addresses that only this machine can reach. */
export function isLoopback(host: string): boolean {
  return host === "localhost" || host === "::1" || host === "[::1]" || /^127(\.\d{1,3}){3}$/.test(host);
}
