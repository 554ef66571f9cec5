/** The environment variables that the gateway reads: found in its sources, and named by its providers. */

import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { providers } from "tollgate/parts";

export const root = fileURLToPath(new URL("..", import.meta.url));

/** Read under names that are put together. */
const proxies = ["HTTPS_PROXY", "HTTP_PROXY", "ALL_PROXY", "NO_PROXY"];

/** Of the gateway itself, without those of providers. */
export function gatewayVariables(): ReadonlySet<string> {
  const folder = join(root, "packages/gateway/src");
  const sources = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter(
    (name) => name.endsWith(".ts") && !name.includes(".test."),
  );
  const read = sources.flatMap((name) =>
    Array.from(readFileSync(join(folder, name), "utf8").matchAll(/(?:env\[|byEnv\()"([A-Z][A-Z0-9_]*)"[\])]/g), (match) => match[1] ?? ""),
  );
  return new Set([...read, ...proxies]);
}

export function providerVariables(): ReadonlySet<string> {
  return new Set(
    providers.flatMap(({ auth, baseEnv = [], settingsEnv = {} }) => [...auth.env, ...baseEnv, ...Object.values(settingsEnv).flat()]),
  );
}
