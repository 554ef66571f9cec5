/** Writes a batch of spooled rows in one transaction: rows that are new, and what days and meters grow by because of them. */

import type { Database } from "../store/database.ts";
import { changedBy, rowsOf } from "../store/rows-of.ts";
import { type Alike, alikeOf, type Group } from "./alike.ts";
import { insertAsTheyCame, insertInOrder, insertValues } from "./insert-calls.ts";
import { type MeterSum, type Rollup, rollUp } from "./rollup.ts";
import type { SpoolRow } from "./segment.ts";
import type { SpooledCall } from "./spooled-call.ts";

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
  const calls = await parsed(rows);
  const alike = alikeOf(calls);
  const values = insertValues(alike, (group) => isHidden(group, at));
  const insert = database.kind === "embedded" ? insertAsTheyCame : insertInOrder;
  await database.sql.transaction().execute(async (on) => {
    const added = await changedBy(on, insert, values);
    if (added === 0) return;
    await grow(on, rollUp(added === calls.length ? alike : alikeOf(await addedOf(on, alike))), at);
  });
  return calls;
}

/** What is parsed in one turn of the loop: about a millisecond. */
const PIECE = 250;

async function parsed(rows: readonly SpoolRow[]): Promise<readonly SpooledCall[]> {
  const calls: SpooledCall[] = [];
  for (const { text } of rows) {
    if (calls.length > 0 && calls.length % PIECE === 0) await new Promise((resolve) => setImmediate(resolve));
    calls.push(JSON.parse(text) as SpooledCall);
  }
  return calls;
}

function isHidden({ call }: Group, { disableLogs, disableErrorLogs }: WriteRules): boolean {
  return disableLogs === true || (disableErrorLogs === true && call.status === "failure");
}

/** Those that this transaction has added: each once, also when the batch holds it twice. */
async function addedOf(on: On, { calls, groups }: Alike): Promise<readonly SpooledCall[]> {
  const ids = calls.map(({ call_id }) => call_id);
  const added = await rowsOf<{ call_id: string }>(on, findAdded, [ids, groups.map(({ day }) => day)]);
  const fresh = new Set(added.map(({ call_id }) => call_id));
  return calls.filter(({ call_id }) => fresh.delete(call_id));
}

const findAdded = `select call_id from calls
  where call_id = any($1::text[]) and day = any($2::date[]) and xmin = pg_current_xact_id()::xid`;

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

const counts = "input_tokens output_tokens cache_read_tokens cache_write_tokens reasoning_tokens spend_nano".split(" ");
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
