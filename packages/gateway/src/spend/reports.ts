/** Sums of spend for `/global/spend…` and `/spend/keys|users|tags`: always from the rollups, never from the rows of calls. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { dollars } from "./dollars.ts";
import { type Days, daysOf, type Scope, Where } from "./where.ts";

export interface ReportOf {
  readonly days?: Days;
  readonly scope?: Scope;
  readonly limit?: number;
  /** SHA-256 of one key. */
  readonly keyHash?: string;
}

interface Spent {
  readonly name: string;
  readonly spend_nano: number;
  readonly requests: number;
}

const spent = "sum(spend_nano)::float8 as spend_nano, sum(requests)::float8 as requests";
const MANY = 10_000;

export async function totalSpend(database: Database, { days = {}, scope }: ReportOf): Promise<number> {
  const where = daysOf(days).visible(scope);
  const [row] = await rowsOf<Spent>(database.sql, `select ${spent} from daily ${where.text}`, where.values);
  return dollars(row?.spend_nano);
}

/** `/global/spend/logs`: one row a day. */
export async function spendByDay(database: Database, { days = {}, scope, keyHash }: ReportOf) {
  const where = daysOf(days).visible(scope).and("key_hash = ?", keyHash);
  const rows = await rowsOf<Spent & { day: string }>(
    database.sql,
    `select day, ${spent} from daily ${where.text} group by day order by day`,
    where.values,
  );
  return rows.map(({ day, spend_nano }) => ({ date: day, spend: dollars(spend_nano), ...(keyHash && { api_key: keyHash }) }));
}

type Dimension = "key_hash" | "model" | "team_id" | "provider" | "customer_id" | "user_id";

async function spentBy(
  database: Database,
  column: Dimension,
  { days = {}, scope, limit = MANY, keyHash }: ReportOf,
): Promise<readonly Spent[]> {
  const where = daysOf(days).visible(scope).and("key_hash = ?", keyHash);
  const text = `select ${column} as name, ${spent} from daily ${where.text} group by ${column} order by 2 desc, 1 limit ${where.place(limit)}`;
  return rowsOf<Spent>(database.sql, text, where.values);
}

/** `/global/spend/keys`. */
export async function spendByKey(database: Database, report: ReportOf) {
  const rows = (await spentBy(database, "key_hash", report)).filter(({ name }) => name !== "");
  const named = await keysNamed(
    database,
    rows.map(({ name }) => name),
  );
  return rows.map(({ name, spend_nano }) => {
    const key = named.get(name);
    return { api_key: name, key_alias: key?.key_alias ?? null, key_name: key?.key_name ?? null, total_spend: dollars(spend_nano) };
  });
}

export interface NamedKey {
  readonly token: string;
  readonly key_name: string;
  readonly key_alias: string | null;
  readonly team_id: string | null;
  readonly user_id: string | null;
}

/** Keys that still are there. */
export async function keysNamed(database: Database, hashes: readonly string[]): Promise<ReadonlyMap<string, NamedKey>> {
  const text = "select token, key_name, key_alias, team_id, user_id from keys where token = any($1)";
  return new Map((await rowsOf<NamedKey>(database.sql, text, [hashes])).map((key) => [key.token, key]));
}

/** `/global/spend/models`. */
export async function spendByModel(database: Database, report: ReportOf) {
  return (await spentBy(database, "model", report)).map(({ name, spend_nano }) => ({ model: name, total_spend: dollars(spend_nano) }));
}

/** `/global/spend/provider`. */
export async function spendByProvider(database: Database, report: ReportOf) {
  return (await spentBy(database, "provider", report)).map(({ name, spend_nano }) => ({
    provider: name || "unknown",
    spend: dollars(spend_nano),
  }));
}

/** `/global/spend/end_users`. */
export async function spendByCustomer(database: Database, report: ReportOf) {
  const rows = (await spentBy(database, "customer_id", report)).filter(({ name }) => name !== "");
  return rows.map(({ name, spend_nano, requests }) => ({ end_user: name, total_count: requests, total_spend: dollars(spend_nano) }));
}

/** Who has spent nothing of a team's. */
const NO_TEAM = "Unassigned";

/** `/global/spend/teams`: by day and team, teams by their names. */
export async function spendByTeam(database: Database, { days = {}, scope }: ReportOf) {
  const where = daysOf(days).visible(scope);
  const text = `select d.day, d.team_id, coalesce(t.team_alias, nullif(d.team_id, ''), '${NO_TEAM}') as name, d.spend_nano from (
      select day, team_id, sum(spend_nano)::float8 as spend_nano from daily ${where.text} group by day, team_id
    ) d left join teams t on t.team_id = d.team_id order by d.day, name`;
  const rows = await rowsOf<{ day: string; team_id: string; name: string; spend_nano: number }>(database.sql, text, where.values);
  const byDay = new Map<string, Record<string, number | string>>();
  const totals = new Map<string, number>();
  for (const { day, name, spend_nano } of rows) {
    const row = byDay.get(day) ?? { date: day };
    row[name] = Number(row[name] ?? 0) + spend_nano;
    byDay.set(day, row);
    totals.set(name, (totals.get(name) ?? 0) + spend_nano);
  }
  const inDollars = ({ date, ...teams }: Record<string, number | string>): Record<string, unknown> => ({
    date,
    ...Object.fromEntries(Object.entries(teams).map(([name, nano]) => [name, dollars(Number(nano))])),
  });
  return {
    daily_spend: [...byDay.values()].map(inDollars),
    teams: [...totals.keys()],
    total_spend_per_team: [...totals]
      .map(([team_id, nano]) => ({ team_id, total_spend: dollars(nano) }))
      .sort((a, b) => b.total_spend - a.total_spend),
  };
}

async function spentByTag(
  database: Database,
  { days = {}, scope, limit = MANY }: ReportOf,
  tags?: readonly string[],
): Promise<readonly Spent[]> {
  const where = daysOf(days).visibleByKey(scope).and("tag = any(?)", tags);
  const text = `select tag as name, ${spent} from daily_tags ${where.text} group by tag order by 2 desc, 1 limit ${where.place(limit)}`;
  return rowsOf<Spent>(database.sql, text, where.values);
}

/** `/global/spend/tags`. */
export async function spendPerTag(database: Database, report: ReportOf, tags?: readonly string[]) {
  const rows = await spentByTag(database, report, tags);
  return { spend_per_tag: rows.map(({ name, spend_nano, requests }) => ({ name, spend: dollars(spend_nano), log_count: requests })) };
}

/** `/spend/tags`. */
export async function spendByTag(database: Database, report: ReportOf) {
  const rows = await spentByTag(database, report);
  return rows.map(({ name, spend_nano, requests }) => ({
    individual_request_tag: name,
    log_count: requests,
    total_spend: dollars(spend_nano),
  }));
}

/** `/global/spend/all_tag_names`. */
export async function tagNames(database: Database, scope?: Scope) {
  const where = new Where().visibleByKey(scope);
  const rows = await rowsOf<{ tag: string }>(
    database.sql,
    `select distinct tag from daily_tags ${where.text} order by tag limit ${MANY}`,
    where.values,
  );
  return { tag_names: rows.map(({ tag }) => tag) };
}

/** `/global/all_end_users`. */
export async function customerNames(database: Database, scope?: Scope) {
  const where = new Where().visible(scope);
  const text = `select distinct customer_id from daily ${where.text} order by customer_id limit ${MANY}`;
  const rows = await rowsOf<{ customer_id: string }>(database.sql, text, where.values);
  return { end_users: rows.map(({ customer_id }) => customer_id).filter((name) => name !== "") };
}

/** What each key or user has spent in all, the dearest first: for `/spend/keys` and `/spend/users`, whose rows are made by who knows the fields. */
export async function dearest(
  database: Database,
  who: "key_hash" | "user_id",
  report: ReportOf,
): Promise<readonly { id: string; spend: number }[]> {
  const rows = (await spentBy(database, who, report)).filter(({ name }) => name !== "");
  return rows.map(({ name, spend_nano }) => ({ id: name, spend: dollars(spend_nano) }));
}
