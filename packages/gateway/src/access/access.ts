/** Headers → principal: finds the key where clients put it, compares hashes, knows nothing else about it. */

import { hash } from "node:crypto";
import { GatewayError, type Headers } from "tollgate/parts";
import type { Principal } from "./principal.ts";

export interface Access {
  /** Throws no_key or wrong_key, which say nothing about what exists. `query` counts on Google's routes only. */
  who(headers: Headers): Principal;
}

/** Where clients put their key, in the order in which we look: LiteLLM's own, OpenAI, Azure, Anthropic, Google, API Management. */
const keyHeaders = ["authorization", "api-key", "x-api-key", "x-goog-api-key", "ocp-apim-subscription-key"];

/** Without a master key every call is let in: only `assemble` decides that this may be. */
export function createAccess({ masterKey, headerName }: { masterKey: string | undefined; headerName?: string }): Access {
  const master: Principal = { kind: "master", name: "master key" };
  // Looking a hash up tells nothing about the key by its time.
  const known = new Map<string, Principal>(masterKey === undefined ? [] : [[sha256(masterKey), master]]);
  const names = [...(headerName ? [headerName.toLowerCase()] : []), "x-litellm-api-key", ...keyHeaders];
  return {
    who(headers) {
      if (masterKey === undefined) return master;
      const key = keyOf(headers, names);
      const principal = known.get(sha256(key));
      if (!principal)
        throw new GatewayError(
          "wrong_key",
          "Authentication Error, the API key is not known here. Check the key, or ask your administrator for one.",
        );
      return principal;
    },
  };
}

function keyOf(headers: Headers, names: readonly string[]): string {
  for (const name of names) {
    const value = headers[name];
    if (typeof value !== "string" || value === "") continue;
    if (/^bearer /i.test(value)) return value.slice(7).trim();
    if (name !== "authorization") return value.trim();
    throw new GatewayError("wrong_key", "Authentication Error, malformed Authorization header. Send it as `Authorization: Bearer <key>`.");
  }
  throw new GatewayError("no_key", "Authentication Error, no API key passed in. Send it as `Authorization: Bearer <key>`.");
}

function sha256(text: string): string {
  return hash("sha256", text, "base64");
}
