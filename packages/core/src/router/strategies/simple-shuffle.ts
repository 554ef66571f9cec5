/** By chance, in proportion to the weights that the candidates' rows name. */

import type { Deployment } from "../deployment.ts";
import type { Strategy } from "../router.ts";

/** The first of these that any candidate names counts for all. */
const measures = ["weight", "rpm", "tpm"] as const;

export const simpleShuffle: Strategy = (candidates, _health, chance) => {
  const measure = measures.find((each) => candidates.some((candidate) => candidate[each] !== undefined));
  if (!measure) return pick(candidates, Math.floor(chance() * candidates.length));
  const silent = measure === "weight" ? 1 : leastNamed(candidates, measure);
  const weights = candidates.map((candidate) => Math.max(0, candidate[measure] ?? silent));
  const total = weights.reduce((sum, weight) => sum + weight, 0);
  // Weights of nought are for reserves: when only they are left, all are alike.
  if (total === 0) return pick(candidates, Math.floor(chance() * candidates.length));
  let left = chance() * total;
  for (const [at, weight] of weights.entries()) {
    left -= weight;
    if (left < 0) return pick(candidates, at);
  }
  return pick(candidates, weights.lastIndexOf(Math.max(...weights)));
};

/** Who names no rpm among others that do is taken for the smallest of them. */
function leastNamed(candidates: readonly Deployment[], measure: "rpm" | "tpm"): number {
  return Math.min(...candidates.map((candidate) => candidate[measure] ?? Number.POSITIVE_INFINITY));
}

function pick(candidates: readonly Deployment[], at: number): Deployment {
  const picked = candidates[at] ?? candidates[0];
  if (!picked) throw new RangeError("A strategy needs at least one candidate.");
  return picked;
}
