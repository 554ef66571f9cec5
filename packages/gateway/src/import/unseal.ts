/** Opens what LiteLLM encrypted in its database, in each of the three ways that its versions have had. */

import { createDecipheriv, createHash, hkdfSync } from "node:crypto";
import nacl from "tweetnacl";
import type { Fields } from "./fields.ts";

/** The text; undefined when none of the secrets opens it. */
export type Open = (sealed: string) => string | undefined;

interface Way {
  readonly prefix: string;
  open(bytes: Buffer, secret: string): string | undefined;
}

const nonceBytes = 12;
const tagBytes = 16;
/** Nonce and tag of the oldest way: nothing shorter was made by it. */
const least = nacl.secretbox.nonceLength + nacl.secretbox.overheadLength;

const hashed = (secret: string): Buffer => createHash("sha256").update(secret).digest();
/** The label is LiteLLM's. */
const derived = (secret: string): Buffer => Buffer.from(hkdfSync("sha256", secret, "", "litellm-at-rest-v3", 32));

const ways: readonly Way[] = [
  { prefix: "v3:gcm:", open: (bytes, secret) => openGcm(bytes, derived(secret)) },
  { prefix: "v2:gcm:", open: (bytes, secret) => openGcm(bytes, hashed(secret)) },
  { prefix: "", open: (bytes, secret) => openBox(bytes, hashed(secret)) },
];

/** `secrets`: the salt, the master key; whichever was in use when a text was written opens it. */
export function createOpen(secrets: readonly string[]): Open {
  return (sealed) => {
    const way = ways.find(({ prefix }) => sealed.startsWith(prefix));
    if (!way) return undefined;
    // Node reads both alphabets of base64.
    const bytes = Buffer.from(sealed.slice(way.prefix.length), "base64");
    for (const secret of secrets) {
      const text = way.open(bytes, secret);
      if (text !== undefined) return text;
    }
    return undefined;
  };
}

function openGcm(bytes: Buffer, key: Buffer): string | undefined {
  if (bytes.length < nonceBytes + tagBytes) return undefined;
  const opener = createDecipheriv("aes-256-gcm", key, bytes.subarray(0, nonceBytes), { authTagLength: tagBytes });
  opener.setAuthTag(bytes.subarray(-tagBytes));
  try {
    return Buffer.concat([opener.update(bytes.subarray(nonceBytes, -tagBytes)), opener.final()]).toString("utf8");
  } catch {
    // Another secret, or changed: for us the same.
    return undefined;
  }
}

function openBox(bytes: Buffer, key: Buffer): string | undefined {
  if (bytes.length < least) return undefined;
  const nonce = bytes.subarray(0, nacl.secretbox.nonceLength);
  const opened = nacl.secretbox.open(bytes.subarray(nacl.secretbox.nonceLength), nonce, key);
  return opened === null ? undefined : Buffer.from(opened).toString("utf8");
}

/** Surely sealed, perhaps (the oldest way bears no mark), or not. */
function seal(text: string): "sealed" | "perhaps" | "open" {
  if (ways.some(({ prefix }) => prefix !== "" && text.startsWith(prefix))) return "sealed";
  const isBase64 = /^[A-Za-z0-9+/_-]+={0,2}$/.test(text) && text.length % 4 === 0;
  return isBase64 && Buffer.from(text, "base64").length >= least ? "perhaps" : "open";
}

export interface Unsealed {
  readonly values: Fields;
  /** Names of values that stay closed: then the whole is of no use. */
  readonly closed: readonly string[];
}

/** Opens the texts of an object at any depth; those that nobody sealed stay as they are. */
export function unsealed(fields: Fields, open: Open): Unsealed {
  const found = { opened: 0, sealed: [] as string[], perhaps: [] as string[] };
  const walk = (value: unknown, name: string): unknown => {
    if (Array.isArray(value)) return value.map((each) => walk(each, name));
    if (value !== null && typeof value === "object") return inside(value, name);
    if (typeof value !== "string") return value;
    const text = open(value);
    if (text !== undefined) {
      found.opened += 1;
      return text;
    }
    const kind = seal(value);
    if (kind !== "open") found[kind].push(name);
    return value;
  };
  const inside = (value: object, name: string): Fields =>
    Object.fromEntries(Object.entries(value).map(([key, each]) => [key, walk(each, name === "" ? key : `${name}.${key}`)]));
  const values = inside(fields, "");
  // Once a secret has opened one of them, what only looks sealed is a text that somebody wrote so.
  return { values, closed: found.opened > 0 ? found.sealed : [...found.sealed, ...found.perhaps] };
}
