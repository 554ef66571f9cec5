/** Public names and what stands behind them: exact names, aliases, ids and wildcards, from the rows of one moment. */

import { GatewayError } from "../errors.ts";
import { type Aliases, aliasTarget } from "./alias-target.ts";
import type { Compile } from "./compile.ts";
import type { Deployment, DeploymentRow } from "./deployment.ts";
import { expandRow } from "./expand-row.ts";
import { near } from "./near.ts";
import { isPattern } from "./pattern.ts";
import type { Routes } from "./router.ts";
import { rowFingerprint, withIds } from "./row-id.ts";
import { createWildcardCache, createWildcards, type WildcardCache } from "./wildcards.ts";

export interface RoutesOptions {
  readonly rows: readonly DeploymentRow[];
  readonly compile: Compile;
  readonly aliases: Aliases;
  /** Told once for each row that cannot be compiled; calls to it are answered with the error. */
  readonly onProblem: (row: DeploymentRow, error: GatewayError) => void;
  /** What was in force until now: unchanged rows keep their compiled object, if the compiler is the same. */
  readonly previous?: BuiltRoutes;
  /** The provider of a name that was asked without one, so that `gpt-4o` finds `openai/*`. */
  readonly providerOf?: (name: string) => string | undefined;
}

export interface BuiltRoutes extends Routes {
  /** Compiled objects that the next routes may take over. */
  readonly kept: { readonly compile: Compile; readonly rows: ReadonlyMap<string, Deployment>; readonly wildcards: WildcardCache };
}

interface Compiled {
  readonly kept: Map<string, Deployment>;
  readonly deployments: readonly Deployment[];
  readonly byName: ReadonlyMap<string, readonly Deployment[]>;
  readonly problems: ReadonlyMap<string, GatewayError>;
}

export function createRoutes(options: RoutesOptions): BuiltRoutes {
  const { compile, aliases, previous, providerOf } = options;
  const rows = withIds(options.rows.flatMap(expandRow));
  const reusable = previous?.kept.compile === compile ? previous.kept : undefined;
  const { kept, deployments, byName, problems } = compileRows(rows, options, reusable?.rows);
  const cache = reusable?.wildcards ?? createWildcardCache();
  const wildcards = createWildcards(
    rows.filter((row) => isPattern(row.model_name)),
    compile,
    cache,
  );
  const known = knownNames(deployments, byName, aliases);
  // A team's own models are found by their team's names for them, which access/ knows.
  const names = publicNames(
    rows.filter((row) => typeof row.model_info?.["team_id"] !== "string"),
    aliases,
  );
  // Nobody can ask for a star.
  const askable = names.filter((name) => !isPattern(name));

  const wild = (name: string): readonly Deployment[] | GatewayError | undefined => {
    const target = aliasTarget(name, aliases);
    const found = wildcards.find(target);
    if (found !== undefined || target.includes("/")) return found;
    const provider = providerOf?.(target);
    return provider === undefined ? undefined : wildcards.find(`${provider}/${target}`);
  };
  return {
    names,
    deployments,
    kept: { compile, rows: kept, wildcards: cache },
    near: (name) => near(name, askable),
    find(name) {
      const exact = known.get(name);
      if (exact) return exact;
      const found = wild(name);
      return found instanceof GatewayError ? [] : found;
    },
    problem(name) {
      const target = aliasTarget(name, aliases);
      if (byName.has(target)) return problems.get(target);
      const found = known.has(name) ? undefined : wild(name);
      return found instanceof GatewayError ? found : undefined;
    },
  };
}

function compileRows(
  rows: readonly DeploymentRow[],
  { compile, onProblem }: RoutesOptions,
  reusable: ReadonlyMap<string, Deployment> | undefined,
): Compiled {
  const kept = new Map<string, Deployment>();
  const deployments: Deployment[] = [];
  const byName = new Map<string, Deployment[]>();
  const problems = new Map<string, GatewayError>();
  for (const row of rows) {
    const group = byName.get(row.model_name) ?? [];
    if (!isPattern(row.model_name)) byName.set(row.model_name, group);
    const fingerprint = rowFingerprint(row);
    try {
      const deployment = reusable?.get(fingerprint) ?? compile(row);
      kept.set(fingerprint, deployment);
      deployments.push(deployment);
      group.push(deployment);
    } catch (thrown) {
      // `model: "*"` names no provider before somebody asks for a model: nothing is wrong with it.
      if (row.litellm_params.model === "*" && isPattern(row.model_name)) continue;
      const error = GatewayError.from(thrown);
      if (!problems.has(row.model_name)) problems.set(row.model_name, error);
      onProblem(row, error);
    }
  }
  return { kept, deployments, byName, problems };
}

/** Everything that needs no search. An alias hides a model of the same name, a name hides an id. */
function knownNames(deployments: readonly Deployment[], byName: Compiled["byName"], aliases: Aliases): Map<string, readonly Deployment[]> {
  const known = new Map<string, readonly Deployment[]>();
  for (const deployment of deployments) if (!isPattern(deployment.group)) known.set(deployment.id, [deployment]);
  for (const [name, group] of byName) known.set(name, group);
  const targets = new Map([...aliases.keys()].map((alias) => [alias, known.get(aliasTarget(alias, aliases))] as const));
  for (const [alias, target] of targets) {
    if (target) known.set(alias, target);
    else known.delete(alias);
  }
  return known;
}

function publicNames(rows: readonly DeploymentRow[], aliases: Aliases): readonly string[] {
  const shown = [...aliases].filter(([, alias]) => !alias.hidden).map(([name]) => name);
  return [...new Set([...rows.map((row) => row.model_name), ...shown])];
}
