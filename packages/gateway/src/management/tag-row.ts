/** Tags as LiteLLM's replies show them: those that were made, and those that calls brought along. */

import type { Selectable } from "kysely";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import type { TagsTable } from "../store/tables.ts";
import { mapOf } from "./limited-row.ts";
import { shownWithBudget } from "./own-limits.ts";
import type { SpentContext } from "./spent.ts";

export type TagRow = Selectable<TagsTable>;

export const tagColumns: ReadonlySet<string> = new Set(["budget_id"]);

const MOST_UNMADE = 10_000;

export async function shownTags(rows: readonly TagRow[], context: SpentContext) {
  const limits = await shownWithBudget(rows, "tag", (row) => row.tag_name, context);
  return rows.map(({ settings, tag_name, ...columns }, at) => {
    const own = limits[at];
    return {
      description: null,
      ...(settings as { description?: string }),
      ...columns,
      name: tag_name,
      models: own?.models ?? [],
      model_info: mapOf(settings["model_info"]) ?? null,
      spend: own?.spend ?? 0,
      litellm_budget_table: own?.litellm_budget_table ?? null,
    };
  });
}

export interface Days {
  readonly from?: string;
  readonly until?: string;
}

/** Names of the tags of calls, the newest use of each. */
export async function usedTags(
  sql: Database["sql"],
  { from, until }: Days = {},
): Promise<readonly { tag: string; first: string; last: string }[]> {
  return rowsOf(
    sql,
    `select tag, min(day)::text as first, max(day)::text as last from daily_tags
     where day >= coalesce($1::date, '-infinity') and day <= coalesce($2::date, 'infinity')
     group by tag order by tag limit ${MOST_UNMADE}`,
    [from ?? null, until ?? null],
  );
}

/** A tag that nobody made. */
export function bareTag({ tag, first, last }: { tag: string; first: string; last: string }): TagRow {
  return {
    tag_name: tag,
    budget_id: null,
    settings: { description: "Came with calls; it was not made here." },
    created_at: new Date(first),
    created_by: null,
    updated_at: new Date(last),
    updated_by: null,
  };
}
