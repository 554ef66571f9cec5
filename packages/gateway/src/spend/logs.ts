/** `/spend/logs` and its kin: rows of calls, filtered and paged, or their sums by day. */

import { GatewayError } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { dollars } from "./dollars.ts";
import { type CallRow, logRowOf } from "./log-row.ts";
import { type Days, daysOf, type Scope, Where } from "./where.ts";

export interface LogFilter {
  /** Moments; both ends count. */
  readonly from?: Date;
  readonly to?: Date;
  /** SHA-256. */
  readonly keyHash?: string;
  readonly keyAlias?: string;
  readonly userId?: string;
  readonly teamId?: string;
  readonly organizationId?: string;
  readonly customerId?: string;
  /** A reply's id or a call's. */
  readonly requestId?: string;
  readonly sessionId?: string;
  readonly status?: "success" | "failure";
  readonly cacheHit?: boolean;
  readonly model?: string;
  readonly modelId?: string;
  readonly modelGroup?: string;
  readonly provider?: string;
  readonly tags?: readonly string[];
  /** Dollars. */
  readonly minSpend?: number;
  readonly maxSpend?: number;
  readonly errorCode?: string;
  readonly errorMessage?: string;
  /** An id of a call, reply or session, or a part of a name. */
  readonly search?: string;
  readonly scope?: Scope;
}

export interface LogPage {
  readonly page: number;
  readonly pageSize: number;
  readonly sortBy?: LogOrder;
  readonly ascending?: boolean;
}

const orders = {
  startTime: "started_at",
  endTime: "ended_at",
  spend: "spend_nano",
  total_tokens: "(input_tokens + output_tokens)",
  prompt_tokens: "input_tokens",
  completion_tokens: "output_tokens",
  request_duration_ms: "(ended_at - started_at)",
  model: "model",
} as const;
export type LogOrder = keyof typeof orders;

const columns = `call_id, started_at, ended_at, first_byte_at, status, http_status, call_type, endpoint, model, model_group, provider,
  wire_model, deployment_id, api_base, reply_id, client_call_id, key_hash, user_id, team_id, organization_id, project_id, customer_id, tags, input_tokens,
  output_tokens, cache_read_tokens, cache_write_tokens, reasoning_tokens, spend_nano, unpriced, estimated, session_id, requester_ip, metadata`;

/** A list without pages ends here. */
const LONGEST_LIST = 10_000;
/** Rows are counted, and pages turned, up to here: beyond, nobody reads pages. */
const DEEPEST = 10_000;

/** The latest rows first, contents too. */
export async function logRows(database: Database, filter: LogFilter) {
  const where = conditions(filter);
  const text = `select ${columns}, messages, response from calls ${where.text} order by started_at desc, call_id limit ${LONGEST_LIST}`;
  return (await rowsOf<CallRow>(database.sql, text, where.values)).map(logRowOf);
}

/** One page, without contents. */
export async function logPage(database: Database, filter: LogFilter, { page, pageSize, sortBy = "startTime", ascending }: LogPage) {
  const offset = offsetOf(page, pageSize);
  const where = conditions(filter);
  const direction = ascending ? "asc" : "desc";
  const counted = `select count(*)::float8 as count from (select 1 from calls ${where.text} limit ${DEEPEST}) as found`;
  const [{ count: total = 0 } = {}] = await rowsOf<{ count: number }>(database.sql, counted, where.values);
  const text = `select ${columns} from calls ${where.text} order by ${orders[sortBy]} ${direction}, call_id limit ${where.place(pageSize)} offset ${where.place(offset)}`;
  const rows = await rowsOf<CallRow>(database.sql, text, where.values);
  return { data: rows.map(logRowOf), total, page, page_size: pageSize, total_pages: Math.ceil(total / pageSize) };
}

interface SessionRow extends CallRow {
  readonly session_calls: number;
  readonly session_nano: number;
  readonly sessions: number;
}

/** One page of sessions: of each its latest call, and its sums. The latest calls are looked at, as many as anybody reads. */
export async function sessionPage(database: Database, filter: LogFilter, { page, pageSize }: LogPage) {
  const offset = offsetOf(page, pageSize);
  const where = conditions(filter);
  const text = `with found as (select ${columns} from calls ${where.text} order by started_at desc, call_id limit ${DEEPEST}), counted as (
      select *, count(*) over mine as session_calls, sum(spend_nano) over mine as session_nano,
        row_number() over (mine order by started_at desc, call_id) as nth
      from found window mine as (partition by coalesce(session_id, call_id))
    ) select ${columns}, session_calls::float8, session_nano::float8, count(*) over ()::float8 as sessions from counted where nth = 1
    order by started_at desc, call_id limit ${where.place(pageSize)} offset ${where.place(offset)}`;
  const rows = await rowsOf<SessionRow>(database.sql, text, where.values);
  const total = rows[0]?.sessions ?? 0;
  const data = rows.map((row) => ({
    ...logRowOf(row),
    session_total_count: row.session_calls,
    session_total_spend: dollars(row.session_nano),
  }));
  return { data, total, page, page_size: pageSize, total_pages: Math.ceil(total / pageSize) };
}

function offsetOf(page: number, pageSize: number): number {
  const offset = (page - 1) * pageSize;
  if (offset < DEEPEST) return offset;
  throw new GatewayError(
    "bad_request",
    `page ${page} is beyond the first ${DEEPEST} rows. Ask for a shorter time or fewer rows by a filter.`,
    { param: "page" },
  );
}

/** What was asked and answered, as far as it was stored; undefined: no such call, or none that the caller may see. */
export async function logContents(database: Database, requestId: string, scope?: Scope) {
  const where = conditions({ requestId, scope });
  const text = `select ${columns}, messages, response from calls ${where.text} order by started_at desc limit 1`;
  const [row] = await rowsOf<CallRow>(database.sql, text, where.values);
  return row && logRowOf(row);
}

interface DayRow {
  readonly day: string;
  readonly user_id: string;
  readonly model: string;
  readonly spend_nano: number;
}

/** `/spend/logs` with dates: sums by day from the rollups. */
export async function logSummary(
  database: Database,
  asked: { days: Days; keyHash?: string; userId?: string; scope?: Scope },
): Promise<readonly Readonly<Record<string, unknown>>[]> {
  const { days, keyHash, userId, scope } = asked;
  const where = daysOf(days).and("key_hash = ?", keyHash).and("user_id = ?", userId).visible(scope);
  const text = `select day, user_id, model, sum(spend_nano)::float8 as spend_nano from daily ${where.text} group by day, user_id, model order by day`;
  const byDay = new Map<string, { total: number; users: Map<string, number>; models: Map<string, number> }>();
  for (const { day, user_id, model, spend_nano } of await rowsOf<DayRow>(database.sql, text, where.values)) {
    const sums = byDay.get(day) ?? { total: 0, users: new Map(), models: new Map() };
    byDay.set(day, sums);
    sums.total += spend_nano;
    sums.users.set(user_id, (sums.users.get(user_id) ?? 0) + spend_nano);
    sums.models.set(model, (sums.models.get(model) ?? 0) + spend_nano);
  }
  return [...byDay].map(([day, { total, users, models }]) => ({
    startTime: day,
    spend: dollars(total),
    users: inDollars(users),
    models: inDollars(models),
    ...(keyHash !== undefined && { [keyHash]: dollars(total) }),
  }));
}

function inDollars(sums: ReadonlyMap<string, number>): Record<string, number> {
  return Object.fromEntries([...sums].map(([name, nano]) => [name, dollars(nano)]));
}

const searched = "concat_ws(' ', model, wire_model, user_id, team_id, customer_id, metadata->>'key_alias', array_to_string(tags, ' '))";

function conditions(filter: LogFilter): Where {
  const { status, cacheHit, requestId, minSpend, maxSpend, errorMessage } = filter;
  // Rows of `disable_spend_logs` have nothing to show.
  const where = new Where().visible(filter.scope).and("call_type <> ?", "");
  where.and("started_at >= ?", filter.from).and("started_at <= ?", filter.to).and("key_hash = ?", filter.keyHash);
  where.and("user_id = ?", filter.userId).and("team_id = ?", filter.teamId).and("organization_id = ?", filter.organizationId);
  where
    .and("customer_id = ?", filter.customerId)
    .and("session_id = ?", filter.sessionId)
    .and("(reply_id = ? or call_id = ? or client_call_id = ?)", requestId);
  where
    .and("(model = ? or wire_model = ?)", filter.model)
    .and("deployment_id = ?", filter.modelId)
    .and("model_group = ?", filter.modelGroup);
  where.and("provider = ?", filter.provider).and("tags && ?::text[]", filter.tags).and("metadata->>'key_alias' = ?", filter.keyAlias);
  where.and("status = any(?)", status && (status === "success" ? ["success", "cached"] : ["failure", "aborted"]));
  where.and("(status = 'cached') = ?", cacheHit);
  where.and("spend_nano >= ?", minSpend === undefined ? undefined : Math.round(minSpend * 1e9));
  where.and("spend_nano <= ?", maxSpend === undefined ? undefined : Math.round(maxSpend * 1e9));
  where.and("metadata->'error'->>'code' = ?", filter.errorCode);
  where.and("position(lower(?) in lower(metadata->'error'->>'message')) > 0", errorMessage);
  return where.and(`(? in (call_id, reply_id, client_call_id, session_id) or position(lower(?) in lower(${searched})) > 0)`, filter.search);
}
