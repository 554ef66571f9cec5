/** The cheapest candidate by its price of an input and an output token; among equals by weight. */

import type { Deployment } from "../deployment.ts";
import type { Strategy } from "../router.ts";
import { simpleShuffle } from "./simple-shuffle.ts";

/** Dollars a token: nobody knows the price, so it is tried last. */
const UNKNOWN = 1;

export const costBased: Strategy = (candidates, health, chance) => {
  const least = Math.min(...candidates.map(priceOf));
  const cheapest = candidates.filter((candidate) => priceOf(candidate) === least);
  return simpleShuffle(cheapest, health, chance);
};

function priceOf({ facts }: Deployment): number {
  return (facts.input_cost_per_token ?? UNKNOWN) + (facts.output_cost_per_token ?? UNKNOWN);
}
