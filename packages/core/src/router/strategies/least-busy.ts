/** The candidate with the fewest calls in flight; among equals by weight. */

import type { Strategy } from "../router.ts";
import { simpleShuffle } from "./simple-shuffle.ts";

export const leastBusy: Strategy = (candidates, health, chance) => {
  const least = Math.min(...candidates.map((candidate) => health.inFlight(candidate)));
  const idlest = candidates.filter((candidate) => health.inFlight(candidate) === least);
  return simpleShuffle(idlest, health, chance);
};
