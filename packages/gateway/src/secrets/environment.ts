/** The environment as the gateway sees it: that of the process over `.env` of the current folder. */

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parseEnv } from "node:util";

export type Variables = Readonly<Record<string, string | undefined>>;

/** `.env` never overrides, and is not read at all when `LITELLM_MODE=PRODUCTION`. */
export function readEnvironment({ cwd, env = process.env }: { cwd: string; env?: Variables }): Variables {
  if (env["LITELLM_MODE"]?.toUpperCase() === "PRODUCTION") return Object.freeze({ ...env });
  return Object.freeze({ ...fileVariables(join(cwd, ".env")), ...env });
}

function fileVariables(path: string): Variables {
  try {
    return parseEnv(readFileSync(path, "utf8")) as Variables;
  } catch (cause) {
    if (cause instanceof Error && "code" in cause && (cause.code === "ENOENT" || cause.code === "EISDIR")) return {};
    throw cause;
  }
}
