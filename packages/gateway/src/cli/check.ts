/** `tollgate check`: everything that is wrong with a config, without starting. */

import { readEnvironment } from "../secrets/environment.ts";
import type { Ending, Outside } from "./outside.ts";
import { readConfig } from "./read-config.ts";
import { type RawFlags, startFlags } from "./start-flags.ts";

export async function check(raw: RawFlags, outside: Outside): Promise<Ending> {
  const env = readEnvironment({ cwd: outside.cwd });
  const loaded = await readConfig({ named: raw.config, env, flags: startFlags(raw) }, outside);
  if (!loaded) return 1;
  const { config, problems } = loaded;
  if (config.notInForce.length > 0) outside.print(`Accepted, not in force yet: ${config.notInForce.join(", ")}`);
  const models = new Set(config.rows.map((row) => row.model_name)).size;
  const warnings = problems.length === 0 ? "no problems" : `${counted(problems.length, "warning")}, no errors`;
  outside.print(`${config.file ?? "no file"}: ${counted(models, "model")}, ${counted(config.rows.length, "deployment")}, ${warnings}`);
  return 0;
}

function counted(count: number, thing: string): string {
  return `${count} ${thing}${count === 1 ? "" : "s"}`;
}
