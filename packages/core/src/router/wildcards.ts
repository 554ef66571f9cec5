/** Rows whose public name has stars: compiled for a model when it is first asked for. */

import { GatewayError } from "../errors.ts";
import type { Compile } from "./compile.ts";
import type { Deployment, DeploymentRow } from "./deployment.ts";
import { Lru } from "./lru.ts";
import { isPattern, type Pattern, pattern, substitute } from "./pattern.ts";
import { rowFingerprint } from "./row-id.ts";

/** Compiled deployments by row and model: they keep their identity while they are in use. */
export type WildcardCache = Lru<string, Deployment>;

export interface Wildcards {
  /** Undefined: no pattern fits. An error: none of the rows could be compiled for this name. */
  find(name: string): readonly Deployment[] | GatewayError | undefined;
}

interface Entry {
  readonly pattern: Pattern;
  readonly rows: readonly { readonly row: DeploymentRow; readonly fingerprint: string }[];
}

const MOST = 1_000;

export function createWildcardCache(): WildcardCache {
  return new Lru(MOST);
}

export function createWildcards(rows: readonly DeploymentRow[], compile: Compile, cache: WildcardCache): Wildcards {
  const entries = entriesOf(rows);
  const found = new Lru<string, readonly Deployment[]>(MOST);
  return {
    find(name) {
      const known = found.get(name);
      if (known) return known;
      // A star that is asked for names no model.
      if (isPattern(name)) return undefined;
      for (const entry of entries) {
        const captured = entry.pattern.match(name);
        if (!captured) continue;
        const compiled = compileAll(entry, (row) => rowFor(row, captured, name), { compile, cache });
        if (!(compiled instanceof GatewayError)) found.set(name, compiled);
        return compiled;
      }
      return undefined;
    },
  };
}

/** Most specific first; rows of one pattern together. */
function entriesOf(rows: readonly DeploymentRow[]): readonly Entry[] {
  const byName = new Map<string, { pattern: Pattern; rows: { row: DeploymentRow; fingerprint: string }[] }>();
  for (const row of rows) {
    const entry = byName.get(row.model_name) ?? { pattern: pattern(row.model_name), rows: [] };
    entry.rows.push({ row, fingerprint: rowFingerprint(row) });
    byName.set(row.model_name, entry);
  }
  return [...byName.values()].sort((a, b) => b.pattern.literal - a.pattern.literal);
}

function compileAll(
  entry: Entry,
  rowOf: (row: DeploymentRow) => DeploymentRow,
  { compile, cache }: { compile: Compile; cache: WildcardCache },
): readonly Deployment[] | GatewayError {
  const deployments: Deployment[] = [];
  let problem: GatewayError | undefined;
  for (const { row, fingerprint } of entry.rows) {
    const own = rowOf(row);
    const key = `${fingerprint} ${own.litellm_params.model}`;
    try {
      const deployment = cache.get(key) ?? compile(own);
      cache.set(key, deployment);
      deployments.push(deployment);
    } catch (thrown) {
      problem ??= GatewayError.from(thrown);
    }
  }
  return deployments.length === 0 && problem ? problem : deployments;
}

function rowFor(row: DeploymentRow, captured: readonly string[], asked: string): DeploymentRow {
  const model = substitute(row.litellm_params.model, captured, asked);
  return { ...row, litellm_params: { ...row.litellm_params, model } };
}
