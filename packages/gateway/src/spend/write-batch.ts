/** Writes a batch of spooled rows in one transaction: rows that are new, and what days and meters grow by because of them. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { type MeterSum, type Rollup, rollUp, type SpooledCall } from "./rollup.ts";
import type { SpoolRow } from "./segment.ts";

type On = Database["sql"];

/** What is not to be written, as LiteLLM's settings have it. */
export interface WriteRules {
  /** `disable_spend_logs`: of each call only that it was written; days and meters as ever. */
  readonly disableLogs?: boolean;
  /** `disable_error_logs`: the same for calls that failed. */
  readonly disableErrorLogs?: boolean;
  /** `disable_spend_updates`: no sums but those that budgets are kept by. */
  readonly disableTotals?: boolean;
}

export interface WriteAt extends WriteRules {
  /** Whose loans the rows were reserved from. */
  readonly instanceId: string;
  /** An earlier process, whose loans may have been taken back by now. */
  readonly earlier: boolean;
}

/** The rows as they were read, those that the database had already too. */
export async function writeBatch(database: Database, rows: readonly SpoolRow[], at: WriteAt): Promise<readonly SpooledCall[]> {
  const calls = rows.map(({ text }) => JSON.parse(text) as SpooledCall);
  const texts = rows.map(({ text }, index) => shownOf(text, calls[index], at));
  await database.sql.transaction().execute(async (on) => {
    const added = await rowsOf<{ call_id: string }>(on, insertCalls, [`[${texts.join(",")}]`]);
    if (added.length > 0) await grow(on, rollUp(only(calls, added)), at);
  });
  return calls;
}

/** Each new row once, also when the batch holds it twice. */
function only(calls: readonly SpooledCall[], added: readonly { call_id: string }[]): readonly SpooledCall[] {
  if (added.length === calls.length) return calls;
  const fresh = new Set(added.map(({ call_id }) => call_id));
  return calls.filter(({ call_id }) => fresh.delete(call_id));
}

function shownOf(text: string, call: SpooledCall | undefined, { disableLogs, disableErrorLogs }: WriteRules): string {
  if (!call || !(disableLogs || (disableErrorLogs && call.status === "failure"))) return text;
  return bare(call);
}

/** What is left of a row when rows are not wanted: it must still be known that the call was written. */
function bare({ call_id, started }: SpooledCall): string {
  return JSON.stringify({ call_id, started, took: 0, status: "", http_status: 0, call_type: "", endpoint: "", model: "" });
}

/** Always in this order, each list sorted: whoever else does the same waits in line. */
async function grow(on: On, rollup: Rollup, { instanceId, earlier, disableTotals }: WriteAt): Promise<void> {
  const lent = rollup.meters.filter((each: MeterSum) => each.lent > 0);
  const meters = disableTotals ? lent : rollup.meters;
  if (!disableTotals) await rowsOf(on, growDaily, [JSON.stringify(rollup.daily)]);
  if (!disableTotals && rollup.tags.length > 0) await rowsOf(on, growTags, [JSON.stringify(rollup.tags)]);
  if (meters.length > 0) await rowsOf(on, growMeters, [JSON.stringify(meters)]);
  if (lent.length > 0) await rowsOf(on, earlier ? payOldLoans : payLoans, [JSON.stringify(lent), instanceId]);
  if (rollup.customers.length > 0) await rowsOf(on, meetCustomers, [JSON.stringify(rollup.customers)]);
  const keys = [...rollup.keys].map(([token, at]) => ({ token, at }));
  if (keys.length > 0) await rowsOf(on, touchKeys, [JSON.stringify(keys)]);
}

const texts =
  "call_id status call_type endpoint model model_group provider wire_model deployment_id api_base reply_id client_call_id key_hash user_id team_id organization_id project_id customer_id session_id requester_ip error_kind".split(
    " ",
  );
const counts = "input_tokens output_tokens cache_read_tokens cache_write_tokens reasoning_tokens spend_nano".split(" ");
const flags = ["stream", "unpriced", "estimated"];
const contents = ["messages", "response"];

const begin = "to_timestamp(r.started / 1000.0)";
const later = (name: string): string => `to_timestamp((r.started + r.${name}) / 1000.0)`;

const columns: readonly (readonly [column: string, value: string])[] = [
  ["day", `(${begin} at time zone 'UTC')::date`],
  ["started_at", begin],
  ["ended_at", later("took")],
  ["first_byte_at", later("first_byte")],
  ["http_status", "r.http_status"],
  ["tags", "coalesce(r.tags, '{}')"],
  ["metadata", "coalesce(r.metadata, '{}')"],
  ...[...texts, ...contents].map((name) => [name, `r.${name}`] as const),
  ...counts.map((name) => [name, `coalesce(r.${name}, 0)`] as const),
  ...flags.map((name) => [name, `coalesce(r.${name}, false)`] as const),
];

const shape = [
  ...texts.map((name) => `${name} text`),
  ...counts.map((name) => `${name} int8`),
  ...flags.map((name) => `${name} boolean`),
  ...[...contents, "metadata"].map((name) => `${name} jsonb`),
  "started numeric, took numeric, first_byte numeric, http_status int4, tags text[]",
].join(", ");

const insertCalls = `insert into calls (${columns.map(([column]) => column).join(", ")})
  select ${columns.map(([, value]) => value).join(", ")} from jsonb_to_recordset($1::jsonb) as r(${shape})
  order by r.call_id on conflict do nothing returning call_id`;

const sums = ["requests", "failures", ...counts];

function growing(table: string, dimensions: readonly string[]): string {
  const all = [...dimensions, ...sums].join(", ");
  const typed = [...dimensions.map((name) => `${name} ${name === "day" ? "date" : "text"}`), ...sums.map((name) => `${name} int8`)];
  return `insert into ${table} (${all}) select ${all} from jsonb_to_recordset($1::jsonb) as r(${typed.join(", ")})
    order by ${dimensions.join(", ")}
    on conflict (${dimensions.join(", ")}) do update set ${sums.map((name) => `${name} = ${table}.${name} + excluded.${name}`).join(", ")}`;
}

const growDaily = growing(
  "daily",
  "day key_hash user_id team_id organization_id customer_id model model_group provider endpoint".split(" "),
);
const growTags = growing("daily_tags", "day tag key_hash model model_group provider endpoint".split(" "));

const growMeters = `insert into meters (id, spent_nano, lent_nano, until)
  select id, nano, 0, to_timestamp(until / 1000.0) from jsonb_to_recordset($1::jsonb) as r(id text, nano int8, until numeric) order by id
  on conflict (id) do update set spent_nano = meters.spent_nano + excluded.spent_nano`;

/** Our own loan, to the nano-dollar: the purses count the same, and mend together with the database what was spent beyond it. */
const payLoans = `with paid as materialized (select id, lent from jsonb_to_recordset($1::jsonb) as r(id text, lent int8)),
  less as (update meters m set lent_nano = m.lent_nano - paid.lent from paid where m.id = paid.id)
  insert into loans as l (instance_id, meter_id, nano) select $2, id, -lent from paid order by id
  on conflict (instance_id, meter_id) do update set nano = l.nano + excluded.nano`;

/** Never more than the loan still is: another instance may have taken it back. */
const payOldLoans = `with paid as materialized (
    select l.meter_id, greatest(0, least(l.nano, r.lent)) as nano from jsonb_to_recordset($1::jsonb) as r(id text, lent int8)
    join loans l on l.meter_id = r.id and l.instance_id = $2 order by l.meter_id for update of l
  ), less as (
    update loans l set nano = l.nano - paid.nano from paid where l.meter_id = paid.meter_id and l.instance_id = $2
  )
  update meters m set lent_nano = m.lent_nano - paid.nano from paid where m.id = paid.meter_id`;

const meetCustomers = `insert into customers (user_id) select user_id from jsonb_array_elements_text($1::jsonb) as r(user_id) order by user_id
  on conflict do nothing`;

/** To the minute is enough; a key that somebody else is changing is passed over. */
const touchKeys = `with seen as (
    select k.token, to_timestamp(r.at / 1000.0) as at from jsonb_to_recordset($1::jsonb) as r(token text, at numeric)
    join keys k on k.token = r.token where k.last_active is null or k.last_active < to_timestamp(r.at / 1000.0) - interval '1 minute'
    order by k.token for update of k skip locked
  )
  update keys k set last_active = seen.at from seen where k.token = seen.token`;
