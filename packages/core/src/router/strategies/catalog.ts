/** The routing strategies by the names that `routing_strategy` knows them by. */

import type { Strategy } from "../router.ts";
import { costBased } from "./cost-based.ts";
import { leastBusy } from "./least-busy.ts";
import { simpleShuffle } from "./simple-shuffle.ts";

export const strategies: Readonly<Record<string, Strategy>> = {
  "simple-shuffle": simpleShuffle,
  "least-busy": leastBusy,
  "cost-based-routing": costBased,
};

/** An unknown name is the config check's affair; calls are still answered. */
export function strategyOf(name: string): Strategy {
  return strategies[name] ?? simpleShuffle;
}
