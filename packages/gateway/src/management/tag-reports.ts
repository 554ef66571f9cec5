/** What calls with tags came to: sums, and how many people they were, from the daily sums. */

import type { AreaHandlers } from "../http/admin-routes.ts";
import { dollars } from "../spend/dollars.ts";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { usedTags } from "./tag-row.ts";

type Reports = Pick<AreaHandlers<"tags">, "distinct" | "summary" | "activeDaily" | "activeWeekly" | "activeMonthly" | "perUser">;
interface Filter {
  readonly tag_filter?: string;
  readonly tag_filters?: readonly string[];
}

/** A user, or the key of who is none. */
const person = "coalesce(k.user_id, nullif(d.key_hash, ''))";
const joined = "from daily_tags d left join keys k on k.token = d.key_hash";
const sums =
  "sum(d.requests)::float8 as requests, sum(d.failures)::float8 as failures, sum(d.input_tokens + d.output_tokens)::float8 as tokens, sum(d.spend_nano)::float8 as nano";
const tagged = "($1::text[] is null or d.tag = any($1::text[]))";

interface Sums {
  readonly requests: number;
  readonly failures: number;
  readonly tokens: number;
  readonly nano: number;
}

export function createTagReports(sql: Database["sql"]): Reports {
  async function active(filter: Filter, unit: "day" | "week" | "month", since: string) {
    const rows = await rowsOf<{ tag: string; users: number; date: string }>(
      sql,
      `select d.tag, count(distinct ${person})::int as users, date_trunc('${unit}', d.day)::date::text as date ${joined}
       where ${tagged} and d.day >= current_date - interval '${since}' group by 1, 3 order by 3 desc, 1 limit 10000`,
      [tagsOf(filter)],
    );
    return { results: rows.map(({ tag, users, date }) => ({ tag, active_users: users, date })) };
  }

  return {
    distinct: async () => ({ results: (await usedTags(sql)).map(({ tag }) => ({ tag })) }),
    async summary({ start_date, end_date, ...filter }) {
      const rows = await rowsOf<Sums & { tag: string; users: number }>(
        sql,
        `select d.tag, count(distinct ${person})::int as users, ${sums} ${joined}
         where ${tagged} and d.day between $2::date and $3::date group by d.tag order by 1 limit 10000`,
        [tagsOf(filter), start_date, end_date],
      );
      return {
        results: rows.map(({ tag, users, ...row }) => ({
          tag,
          unique_users: users,
          ...counted(row),
          total_spend: dollars(row.nano),
        })),
      };
    },
    activeDaily: (filter) => active(filter, "day", "7 days"),
    activeWeekly: (filter) => active(filter, "week", "7 weeks"),
    activeMonthly: (filter) => active(filter, "month", "7 months"),
    async perUser({ page, page_size: size, ...filter }) {
      const rows = await rowsOf<Sums & { person: string; email: string | null; of: number }>(
        sql,
        `select ${person} as person, min(u.user_email) as email, count(*) over ()::int as of, ${sums}
         ${joined} left join users u on u.user_id = k.user_id
         where ${tagged} and ${person} is not null group by 1 order by sum(d.requests) desc, 1 limit $2 offset $3`,
        [tagsOf(filter), size, (page - 1) * size],
      );
      const total = rows[0]?.of ?? 0;
      return {
        results: rows.map((row) => ({
          user_id: row.person,
          user_email: row.email,
          user_agent: null,
          ...counted(row),
          spend: dollars(row.nano),
        })),
        total_count: total,
        page,
        page_size: size,
        total_pages: Math.ceil(total / size),
      };
    },
  };
}

function counted({ requests, failures, tokens }: Sums) {
  return { total_requests: requests, successful_requests: requests - failures, failed_requests: failures, total_tokens: tokens };
}

function tagsOf({ tag_filter: one, tag_filters: several = [] }: Filter): readonly string[] | null {
  const tags = [...(one === undefined ? [] : [one]), ...several];
  return tags.length === 0 ? null : tags;
}
