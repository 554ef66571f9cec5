/** `tollgate migrate`: brings the tables up to date without starting a gateway. */

import type { Ending, Outside } from "./outside.ts";
import type { RawFlags } from "./start-flags.ts";
import { withDatabase } from "./with-database.ts";

export function migrate(raw: RawFlags, outside: Outside): Promise<Ending> {
  return withDatabase(raw, outside, async ({ place, version, migrated }) => {
    outside.print(`${place} (${version}): ${migrated.length === 0 ? "the tables are up to date" : `applied ${migrated.join(", ")}`}`);
    return 0;
  });
}
