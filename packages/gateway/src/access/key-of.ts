/** Finds the key where clients put it, and its hash. */

import { hash } from "node:crypto";
import { GatewayError, type Headers } from "tollgate/parts";
import { LateLru } from "./late-lru.ts";

/** Where clients put their key, in the order in which we look: LiteLLM's own, OpenAI, Azure, Anthropic, Google, API Management. */
const keyHeaders = ["x-litellm-api-key", "authorization", "api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"];

export function keyHeaderNames(own: string | undefined): readonly string[] {
  return own ? [own.toLowerCase(), ...keyHeaders] : keyHeaders;
}

/** Throws no_key or wrong_key. */
export function keyOf(headers: Headers, names: readonly string[]): string {
  for (const name of names) {
    const value = headers[name];
    if (typeof value !== "string" || value === "") continue;
    if (/^bearer /i.test(value)) return value.slice(7).trim();
    if (name !== "authorization") return value.trim();
    throw new GatewayError("wrong_key", "Authentication Error, malformed Authorization header. Send it as `Authorization: Bearer <key>`.");
  }
  throw new GatewayError("no_key", "Authentication Error, no API key passed in. Send it as `Authorization: Bearer <key>`.");
}

/** SHA-256, hexadecimal: what the store knows a key by. */
export function sha256(text: string): string {
  return hash("sha256", text, "hex");
}

/** So many keys are remembered with their hashes: who calls often is not hashed each time. */
const REMEMBERED = 1_000;
/** Longer ones are no keys of ours. */
const LONGEST = 200;

/** The same, remembering the last ones. Looked for by their text, which tells nothing about a key by its time. */
export function createHashes(): (text: string) => string {
  const known = new LateLru<string>(REMEMBERED);
  return (text) => {
    const remembered = known.get(text);
    if (remembered !== undefined) return remembered;
    const hash = sha256(text);
    if (text.length <= LONGEST) known.set(text, hash);
    return hash;
  };
}

/** The name that a key has in lists: `sk-...` and its last four letters. */
export function shownKey(key: string): string {
  return `sk-...${key.slice(-4)}`;
}

export function unknownKey(): GatewayError {
  return new GatewayError(
    "wrong_key",
    "Authentication Error, the API key is not known here. Check the key, or ask your administrator for one.",
    { type: "token_not_found_in_db", param: "key" },
  );
}
