/** `os.environ/NAME` in a config becomes what the environment holds, and `environment_variables` become part of it. */

import { type Path, problem, type Report } from "./problem.ts";
import { mapScalars, memberOf, type ScalarTree, type Tree } from "./tree.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = "os.environ/";
const anywhere = /os\.environ\/([A-Za-z_][A-Za-z0-9_]*)/g;
/** A config file must not decide what this process runs. */
const untouchable = new Set([
  "PATH",
  "LD_PRELOAD",
  "LD_LIBRARY_PATH",
  "DYLD_INSERT_LIBRARIES",
  "NODE_OPTIONS",
  "NODE_PATH",
  "HOME",
  "SHELL",
]);

/** The environment with the config's `environment_variables` laid over it. */
export function withVariables(tree: Tree, env: Environment, report: Report): Environment {
  const variables = memberOf(tree, "environment_variables");
  if (variables?.kind !== "map") return env;
  const added: Record<string, string> = {};
  for (const [name, entry] of variables.entries) {
    const path = ["environment_variables", name];
    const value = mapScalars(entry.value, (scalar) => resolved(scalar, { path, env, report }));
    if (untouchable.has(name))
      report(problem("warning", entry.keyAt, path, "This variable cannot be set from a config file. It is left as it is."));
    else if (value.kind !== "scalar") report(problem("error", value.at, path, "A text, a number or true/false was expected here."));
    else if (value.value !== null) added[name] = String(value.value);
  }
  return { ...env, ...added };
}

/** The tree with every reference replaced. */
export function resolveReferences(tree: Tree, env: Environment, report: Report): Tree {
  return mapScalars(tree, (scalar, path) => (path[0] === "environment_variables" ? scalar : resolved(scalar, { path, env, report })));
}

interface Where {
  readonly path: Path;
  readonly env: Environment;
  readonly report: Report;
}

function resolved(scalar: ScalarTree, { path, env, report }: Where): ScalarTree {
  const { value, at } = scalar;
  if (typeof value !== "string" || !value.includes(prefix)) return scalar;
  const lookUp = (name: string): string | null => {
    const found = env[name];
    const optional = isOptional(path);
    if (found !== undefined && !(optional && found === "")) return found;
    const then = optional ? "The deployment goes without it until then." : "Set it in the environment or in .env.";
    report(problem(optional ? "warning" : "error", at, path, `The environment variable ${name} is not set. ${then}`));
    return null;
  };
  if (value.startsWith(prefix)) return { ...scalar, value: lookUp(value.slice(prefix.length)) };
  // `authorization: "bearer os.environ/KEY"`: LiteLLM replaces inside texts in this section only.
  if (!path.includes("pass_through_endpoints")) return scalar;
  return { ...scalar, value: value.replace(anywhere, (_, name: string) => lookUp(name) ?? "") };
}

/** A deployment may lack its credentials until it is called; everything else must be there at start. */
function isOptional(path: Path): boolean {
  if (path[0] === "model_list") return path[2] === "litellm_params" && path[3] !== "model";
  return path[0] === "credential_list" && path[2] === "credential_values";
}
