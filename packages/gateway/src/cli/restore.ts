/** `tollgate restore FILE`: fills an empty database from a backup. */

import { resolve } from "node:path";
import { restoreBackup } from "../store/backup.ts";
import type { Ending, Outside } from "./outside.ts";
import type { RawFlags } from "./start-flags.ts";
import { withDatabase } from "./with-database.ts";

export function restore(file: string, raw: RawFlags, outside: Outside): Promise<Ending> {
  return withDatabase(raw, outside, async (database, { dataDir }) => {
    const { rows, tables } = await restoreBackup(database, resolve(outside.cwd, file));
    outside.print(`${database.place}: ${rows} rows of ${tables} tables from ${file}`);
    outside.print(`Start with the salt that the backup was made with: LITELLM_SALT_KEY, or its file as ${dataDir}/salt.`);
    return 0;
  });
}
