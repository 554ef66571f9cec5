/** Who comes without a virtual key: tokens of an identity provider, the operator's own check. Part of assemble.ts. */

import { dirname } from "node:path";
import type { Clock } from "tollgate/parts";
import type { AccessOptions } from "./access/access.ts";
import { customPrincipal, loadCustomAuth } from "./access/custom-auth.ts";
import { createJwtAuth } from "./access/jwt.ts";
import type { Config } from "./config/config.ts";
import type { Keeping } from "./keeping.ts";

export async function createOthers(config: Config, keeping: Keeping, clock: Clock): Promise<AccessOptions["others"]> {
  const { general, environment: env } = config;
  const { people, context } = keeping;
  const module = general["custom_auth"];
  if (typeof module === "string" && module !== "") {
    const ask = await loadCustomAuth(module, config.file ? dirname(config.file) : ".");
    return async (key, head) => customPrincipal(await ask(key, head), people, await context());
  }
  if (general["enable_jwt_auth"] !== true) return undefined;
  const settings = general["litellm_jwtauth"];
  const urls = (env["JWT_PUBLIC_KEY_URL"] ?? "").split(",").map((url) => url.trim());
  const jwt = createJwtAuth({
    keyUrls: urls.filter((url) => url !== ""),
    audience: env["JWT_AUDIENCE"],
    issuer: env["JWT_ISSUER"],
    settings: settings !== null && typeof settings === "object" ? (settings as Record<string, unknown>) : {},
    people,
    clock,
    context,
  });
  return (key) => jwt(key);
}
