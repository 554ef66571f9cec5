/** Finds the config of a command, loads it, says what is wrong with it. */

import { existsSync } from "node:fs";
import { join, relative } from "node:path";
import { fileURLToPath } from "node:url";
import { providerNamed, providers } from "tollgate/parts";
import type { StartFlags } from "../config/config.ts";
import { type Loaded, loadConfig } from "../config/load.ts";
import { problemLine } from "../config/problem.ts";
import type { Variables } from "../secrets/environment.ts";
import type { Outside } from "./outside.ts";
import { wildcardRows } from "./wildcard-rows.ts";

interface ConfigAsk {
  readonly named?: string;
  readonly env: Variables;
  readonly flags: StartFlags;
}

/** The loaded config, or undefined when it has errors; all problems have been told. */
export async function readConfig({ named, env, flags }: ConfigAsk, outside: Outside): Promise<Loaded | undefined> {
  const loaded = await loadConfig({
    ...(await source(named, env, flags, outside)),
    env,
    cwd: outside.cwd,
    isKnownProvider: (name) => providerNamed(name) !== undefined,
    providerNames: providers.map(({ name }) => name),
  });
  for (const problem of loaded.problems) outside.complain(problemLine(problem));
  return loaded.problems.some(({ severity }) => severity === "error") ? undefined : loaded;
}

/** The named file; with `--model` none; config.yaml of this folder; else the shipped example with all that the environment has keys for. */
async function source(
  named: string | undefined,
  env: Variables,
  flags: StartFlags,
  outside: Outside,
): Promise<{ readonly file?: string; readonly flags: StartFlags }> {
  const file = named ?? (env["CONFIG_FILE_PATH"] || undefined);
  if (file !== undefined) return { file, flags };
  if (flags.rows && flags.rows.length > 0) return { flags };
  if (existsSync(join(outside.cwd, "config.yaml"))) return { file: "config.yaml", flags };
  const example = outside.examples.map((folder) => fileURLToPath(new URL("demo.yaml", folder))).find(existsSync);
  return { ...(example !== undefined && { file: shorter(example, outside.cwd) }), flags: { ...flags, rows: wildcardRows(providers, env) } };
}

function shorter(path: string, cwd: string): string {
  const below = relative(cwd, path);
  return below.startsWith("..") ? path : below;
}
