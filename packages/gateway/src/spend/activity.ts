/** `/global/activity`: how much was asked, day by day. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import type { ReportOf } from "./reports.ts";
import { daysOf } from "./where.ts";

interface Row {
  readonly day: string;
  readonly model: string;
  readonly requests: number;
  readonly tokens: number;
}

const sums = "sum(requests)::float8 as requests, sum(input_tokens + output_tokens)::float8 as tokens";

export async function activity(database: Database, { days = {}, scope }: ReportOf) {
  const where = daysOf(days).visible(scope);
  return told(await rowsOf<Row>(database.sql, `select day, ${sums} from daily ${where.text} group by day order by day`, where.values));
}

/** `/global/activity/model`: the same for each public model name, the busiest first. */
export async function activityByModel(database: Database, { days = {}, scope, limit = 100 }: ReportOf) {
  const where = daysOf(days).visible(scope);
  const text = `select day, coalesce(nullif(model_group, ''), model) as model, ${sums} from daily ${where.text} group by 1, 2 order by 1`;
  const models = new Map<string, Row[]>();
  for (const row of await rowsOf<Row>(database.sql, text, where.values)) {
    const rows = models.get(row.model);
    if (rows) rows.push(row);
    else models.set(row.model, [row]);
  }
  const all = [...models].map(([model, rows]) => ({ model, ...told(rows) }));
  return all.sort((a, b) => b.sum_api_requests - a.sum_api_requests).slice(0, limit);
}

function told(rows: readonly Row[]) {
  return {
    daily_data: rows.map(({ day, requests, tokens }) => ({ date: named(day), api_requests: requests, total_tokens: tokens })),
    sum_api_requests: rows.reduce((sum, { requests }) => sum + requests, 0),
    sum_total_tokens: rows.reduce((sum, { tokens }) => sum + tokens, 0),
  };
}

const months = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** `Sep 21`: these routes name days as people do. */
export function named(day: string): string {
  const [, month, date] = day.split("-");
  return `${months[Number(month) - 1]} ${date}`;
}

interface Outcomes {
  readonly name: string;
  readonly requests: number;
  readonly failures: number;
}

const outcomes = "sum(requests)::float8 as requests, sum(failures)::float8 as failures";

/** `/gateway/daily/activity`: what went well and what did not, by day and by path. */
export async function gatewayActivity(database: Database, { days = {}, scope }: ReportOf) {
  const by = (column: string): Promise<readonly Outcomes[]> => {
    const where = daysOf(days).visible(scope);
    return rowsOf<Outcomes>(
      database.sql,
      `select ${column} as name, ${outcomes} from daily ${where.text} group by 1 order by 1`,
      where.values,
    );
  };
  const [byDate, byRoute] = [await by("day"), await by("endpoint")];
  const went = ({ requests, failures }: Outcomes) => ({ successful_requests: requests - failures, failed_requests: failures });
  return {
    total_successful_requests: byDate.reduce((sum, { requests, failures }) => sum + requests - failures, 0),
    total_failed_requests: byDate.reduce((sum, { failures }) => sum + failures, 0),
    by_date: byDate.map((each) => ({ date: each.name, ...went(each) })),
    by_route: byRoute.map((each) => ({ category: "llm", route: each.name, ...went(each) })),
  };
}
