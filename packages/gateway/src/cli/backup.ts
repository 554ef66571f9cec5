/** `tollgate backup FILE`: all that the database holds, in one file that fits either engine. */

import { resolve } from "node:path";
import { writeBackup } from "../store/backup.ts";
import type { Ending, Outside } from "./outside.ts";
import type { RawFlags } from "./start-flags.ts";
import { withDatabase } from "./with-database.ts";

export function backup(file: string, raw: RawFlags, outside: Outside): Promise<Ending> {
  return withDatabase(raw, outside, async (database, { dataDir }) => {
    const { rows, tables } = await writeBackup(database, resolve(outside.cwd, file));
    outside.print(`${file}: ${rows} rows of ${tables} tables from ${database.place}`);
    outside.print(`Secrets in it are encrypted. Keep what opens them elsewhere: LITELLM_SALT_KEY, or the file ${dataDir}/salt.`);
    return 0;
  });
}
