/** The usual way in: one key in one header. */

import { GatewayError } from "../../errors.ts";
import type { Auth } from "../provider.ts";

interface KeyAuthOptions {
  /** Environment variables, first wins; they fill `settings.api_key` before connect is called. */
  readonly env: readonly string[];
  /** Default `authorization`. */
  readonly header?: string;
  /** Put before the key: default `Bearer ` for authorization, nothing elsewhere. */
  readonly scheme?: string;
  /** Headers that hold the bare key as well. */
  readonly also?: readonly string[];
  /** Servers of one's own often need none: then nothing is sent. */
  readonly optional?: boolean;
}

export function keyAuth({ env, header = "authorization", scheme, also = [], optional = false }: KeyAuthOptions): Auth {
  const before = scheme ?? (header === "authorization" ? "Bearer " : "");
  return {
    env,
    connect(settings) {
      const key = settings.api_key;
      if (key) return { headers: Object.fromEntries([[header, before + key], ...also.map((name) => [name, key])]) };
      if (optional) return {};
      const names = env.length > 0 ? ` or ${env.join(" or ")} in the environment` : "";
      throw new GatewayError("no_credentials", `No API key for ${settings.model}. Set litellm_params.api_key${names}.`);
    },
  };
}
