/** Where rows go that the database never takes, so that nothing waits behind them. */

import type { SpoolRow } from "./segment.ts";
import type { SpoolFiles } from "./spool-files.ts";

export interface Poison {
  readonly count: number;
  putAside(row: SpoolRow, cause: unknown): void;
}

interface PoisonOptions {
  readonly folder: string;
  readonly files: SpoolFiles;
  readonly warn: (fields: object, text: string) => void;
  /** The day that names the file. */
  readonly today: () => string;
}

export function createPoison({ folder, files, warn, today }: PoisonOptions): Poison {
  let count = 0;
  return {
    get count() {
      return count;
    },
    putAside(row, cause) {
      count += 1;
      const why = cause instanceof Error ? cause.message : String(cause);
      const path = `${folder}/poisoned/${today()}.jsonl`;
      try {
        files.makeFolder(`${folder}/poisoned`);
        files.add(path, `${row.text}\n`);
        warn({ call_id: row.callId, path, error: why }, "the database refuses a row of spend; it is put aside");
      } catch (failure) {
        const also = failure instanceof Error ? failure.message : String(failure);
        warn(
          { call_id: row.callId, error: why, file_error: also },
          "the database refuses a row of spend, and it cannot be put aside: it is lost",
        );
      }
    },
  };
}
