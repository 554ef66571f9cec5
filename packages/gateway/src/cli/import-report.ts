/** What an import did, as a text. */

import { type ImportReport, MOST_COUNTED, type Remark } from "../import/import-litellm.ts";
import { textTable } from "./text-table.ts";

/** Of each kind; --json has all. */
const mostShown = 20;

export function importReport({ from, dryRun, counts, leftOut, changed, tablesLeft }: ImportReport): string {
  const rows = counts.map(({ thing, fresh, replaced, kept, leftOut: left }) => [thing, fresh, replaced, kept, left]);
  const parts = [
    dryRun ? `What would come from ${from}. This was a dry run: nothing was written.` : `From ${from}:`,
    textTable([["", "new", "replaced", "here already", "left out"], ...rows]),
    ...remarks("Left out:", leftOut),
    ...remarks("Not quite as it was:", changed),
    ...(tablesLeft.length > 0 ? [`Tables that are not copied:\n${tablesLeft.map((each) => `  ${lineOf(each)}`).join("\n")}`] : []),
  ];
  return parts.join("\n\n");
}

function remarks(head: string, all: readonly Remark[]): string[] {
  if (all.length === 0) return [];
  const lines = all.slice(0, mostShown).map(({ thing, id, what }) => `  ${thing}: ${id}: ${what}`);
  const more = all.length - mostShown;
  return [[head, ...lines, ...(more > 0 ? [`  and ${more} more (--json lists all)`] : [])].join("\n")];
}

const why: Readonly<Record<string, string>> = {
  LiteLLM_Config: "settings: write them into config.yaml",
  LiteLLM_SpendLogs: "single calls: what was spent is taken over as sums",
};

function lineOf({ table, rows }: ImportReport["tablesLeft"][number]): string {
  const count = rows > MOST_COUNTED ? `more than ${MOST_COUNTED} rows` : `${rows} ${rows === 1 ? "row" : "rows"}`;
  return `${table} (${count}${why[table] === undefined ? "" : `; ${why[table]}`})`;
}
