/** `/global/activity/cache_hits`: how many calls the cache answered, by key, kind and model. From the rows: sums by day do not know it. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { type Days, daysOf, type Scope } from "./where.ts";

export interface CacheHitsAsked {
  /** Bounds what is read. */
  readonly days: Days & { readonly from: string };
  readonly scope?: Scope;
}

type CacheHits = {
  readonly api_key: string;
  readonly call_type: string;
  readonly model: string;
  readonly total_rows: number;
  readonly cache_hit_true_rows: number;
  readonly cached_completion_tokens: number;
  readonly generated_completion_tokens: number;
};

const MANY = 10_000;

export function cacheHits(database: Database, { days, scope }: CacheHitsAsked): Promise<readonly CacheHits[]> {
  const where = daysOf(days).visible(scope).and("call_type <> ?", "");
  const sum = (what: string, which: string): string => `coalesce((${what} filter (where status ${which} 'cached'))::float8, 0)`;
  const text = `select coalesce(metadata->>'key_alias', 'Unnamed Key') as api_key, call_type, model, count(*)::float8 as total_rows,
      ${sum("count(*)", "=")} as cache_hit_true_rows, ${sum("sum(output_tokens)", "=")} as cached_completion_tokens,
      ${sum("sum(output_tokens)", "<>")} as generated_completion_tokens
    from calls ${where.text} group by 1, 2, 3 order by total_rows desc, 1, 2, 3 limit ${MANY}`;
  return rowsOf<CacheHits>(database.sql, text, where.values);
}
