// A million calls in PostgreSQL: how long each spend report takes. Each should answer within 200 ms.
//   node --conditions=tollgate-source --import tsx bench/reports.mjs [postgresql://an-empty-database]
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "tollgate/parts";
import { activity, activityByModel, gatewayActivity } from "../packages/gateway/src/spend/activity.ts";
import { dailyActivity } from "../packages/gateway/src/spend/daily-activity.ts";
import { groupedReport } from "../packages/gateway/src/spend/grouped-report.ts";
import { logPage, logSummary } from "../packages/gateway/src/spend/logs.ts";
import * as reports from "../packages/gateway/src/spend/reports.ts";
import { openDatabase } from "../packages/gateway/src/store/open-database.ts";
import { ensureDays } from "../packages/gateway/src/store/partitions.ts";
import { rowsOf } from "../packages/gateway/src/store/rows-of.ts";
import { startPostgres } from "../packages/testkit/src/servers/postgres-server.ts";

const CALLS = 1_000_000;
const DAYS = 30;
const DAY_MS = 86_400_000;
const LIMIT_MS = 200;
const TRIES = 7;

const server = process.argv[2] ? undefined : await startPostgres();
const folder = mkdtempSync(join(tmpdir(), "reports-bench-"));
const log = { info() {}, warn: (fields, text) => console.warn(text, fields) };
const database = openDatabase({ url: process.argv[2] ?? server.urlOf("postgres"), folder, clock: systemClock, log });
await database.ready;

const first = Date.UTC(2026, 8, 1);
const dayOf = (at) => new Date(first + at * DAY_MS).toISOString().slice(0, 10);
await ensureDays(
  database.sql,
  Array.from({ length: DAYS }, (_, at) => dayOf(at)),
);

// Two hundred keys of fifty users in twenty teams; each key has three customers and uses two of eight models; every fourth call has a tag.
const fill = `insert into calls (call_id, day, started_at, ended_at, status, http_status, call_type, endpoint, stream, model, model_group, provider,
    key_hash, user_id, team_id, organization_id, customer_id, tags, input_tokens, output_tokens, spend_nano)
  select 'call-' || n, (at at time zone 'UTC')::date, at, at + interval '1 second', case when n % 50 = 0 then 'failure' else 'success' end, 200, 'acompletion',
    '/v1/chat/completions', false, 'model-' || m, 'model-' || m, 'provider-' || m % 3, 'key-' || k, 'user-' || k % 50, 'team-' || k % 20,
    'org-' || k % 4, case when h % 3 = 0 then 'customer-' || k || '-' || h / 3 % 3 end, case when h % 4 = 0 then array['tag-' || h % 12] else '{}' end,
    n % 1000, n % 300, (n % 1000) * 150 + (n % 300) * 600
  from (select n, abs(hashint4(n) % 200) as k, (abs(hashint4(n) % 200) + abs(hashint4(n + ${CALLS}) % 2)) % 8 as m, abs(hashint4(n + ${2 * CALLS}) % 60) as h, to_timestamp(${first / 1000}) + n * interval '${(DAYS * DAY_MS) / CALLS} milliseconds' as at
    from generate_series(0, ${CALLS - 1}) n) calls`;
const sums = `count(*), count(*) filter (where status in ('failure', 'aborted')), sum(input_tokens), sum(output_tokens), sum(cache_read_tokens),
  sum(cache_write_tokens), sum(reasoning_tokens), sum(spend_nano)`;
const columns = "requests, failures, input_tokens, output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, spend_nano";
const daily = `insert into daily (day, key_hash, user_id, team_id, organization_id, customer_id, model, model_group, provider, endpoint, ${columns})
  select day, key_hash, user_id, team_id, organization_id, coalesce(customer_id, ''), model, model_group, provider, endpoint, ${sums} from calls
  group by 1, 2, 3, 4, 5, 6, 7, 8, 9, 10`;
const tags = `insert into daily_tags (day, tag, key_hash, model, model_group, provider, endpoint, ${columns})
  select day, tag, key_hash, model, model_group, provider, endpoint, ${sums} from calls, unnest(tags) tag group by 1, 2, 3, 4, 5, 6, 7`;
const began = performance.now();
for (const statement of [fill, daily, tags, "analyze"]) await rowsOf(database.sql, statement);
const [{ rows }] = await rowsOf(database.sql, "select count(*)::int4 as rows from daily");
console.log(`${CALLS} calls, ${rows} rows in daily, made in ${((performance.now() - began) / 1000).toFixed(1)} s`);

const month = { from: dayOf(0), to: dayOf(DAYS - 1) };
const week = { from: dayOf(DAYS - 7), to: dayOf(DAYS - 1) };
const asked = {
  "/global/spend": () => reports.totalSpend(database, { days: month }),
  "/global/spend/logs": () => reports.spendByDay(database, { days: month }),
  "/global/spend/keys": () => reports.spendByKey(database, { days: month, limit: 10 }),
  "/global/spend/models": () => reports.spendByModel(database, { days: month, limit: 10 }),
  "/global/spend/teams": () => reports.spendByTeam(database, { days: month }),
  "/global/spend/provider": () => reports.spendByProvider(database, { days: month }),
  "/global/spend/end_users": () => reports.spendByCustomer(database, { days: month, limit: 100 }),
  "/global/spend/tags": () => reports.spendPerTag(database, { days: month }),
  "/global/spend/all_tag_names": () => reports.tagNames(database),
  "/global/all_end_users": () => reports.customerNames(database),
  "/global/spend/report by team, a week": () => groupedReport(database, { days: week, groupBy: "team" }),
  "/global/spend/report by team": () => groupedReport(database, { days: month, groupBy: "team" }),
  "/global/spend/report by customer, a week": () => groupedReport(database, { days: week, groupBy: "customer" }),
  "/global/spend/report by key": () => groupedReport(database, { days: month, groupBy: "api_key" }),
  "/global/activity": () => activity(database, { days: month }),
  "/global/activity/model": () => activityByModel(database, { days: month }),
  "/gateway/daily/activity": () => gatewayActivity(database, { days: month }),
  "/user/daily/activity of all, a week": () => dailyActivity(database, { of: "user", days: week, page: 1, pageSize: 50 }),
  "/user/daily/activity of all": () => dailyActivity(database, { of: "user", days: month, page: 1, pageSize: 50 }),
  "/user/daily/activity of one": () => dailyActivity(database, { of: "user", days: month, ids: ["user-7"], page: 1, pageSize: 50 }),
  "/team/daily/activity of one": () => dailyActivity(database, { of: "team", days: month, ids: ["team-7"], page: 1, pageSize: 50 }),
  "/tag/daily/activity": () => dailyActivity(database, { of: "tag", days: month, page: 1, pageSize: 50 }),
  "/customer/daily/activity of one": () =>
    dailyActivity(database, { of: "customer", days: month, ids: ["customer-7-1"], page: 1, pageSize: 50 }),
  "/spend/tags": () => reports.spendByTag(database, { days: month }),
  "/spend/logs": () => logSummary(database, { days: month }),
  "/spend/logs/v2": () => logPage(database, {}, { page: 1, pageSize: 50 }),
  "/spend/logs/v2 of one key": () => logPage(database, { keyHash: "key-7" }, { page: 3, pageSize: 50 }),
  "/spend/logs/v2 of failures": () => logPage(database, { status: "failure" }, { page: 1, pageSize: 50 }),
};

const table = [];
for (const [report, ask] of Object.entries(asked)) {
  const times = [];
  let bytes = 0;
  for (let at = 0; at < TRIES; at += 1) {
    const from = performance.now();
    bytes = JSON.stringify(await ask()).length;
    times.push(performance.now() - from);
  }
  times.sort((a, b) => a - b);
  const median = times[TRIES >> 1];
  table.push({
    report,
    "median, ms": Math.round(median),
    "slowest, ms": Math.round(times.at(-1)),
    KB: Math.round(bytes / 1024),
    ok: median <= LIMIT_MS,
  });
}
console.table(table);
await database.close();
await server?.close();
rmSync(folder, { recursive: true, force: true });
if (table.some(({ ok }) => !ok)) process.exitCode = 1;
