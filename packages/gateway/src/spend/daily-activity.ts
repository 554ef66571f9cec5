/** `/user/daily/activity` and its kin: metrics of each day, broken down by model, provider, endpoint, key and whom it is about. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { bigSums } from "./big-sums.ts";
import { Breakdown, type DaySpend, type KeyRow, type PartRow } from "./breakdown.ts";
import { keysNamed } from "./reports.ts";
import { metricsOf, type SpendMetrics, sumColumns, wholeSumColumns } from "./sums.ts";
import { type Days, daysOf, type Scope, type Where } from "./where.ts";

export type ActivityOf = "user" | "team" | "tag" | "organization" | "customer";

export interface ActivityAsked {
  readonly of: ActivityOf;
  readonly days: Days;
  /** Only these users, teams … */
  readonly ids?: readonly string[];
  readonly except?: readonly string[];
  /** SHA-256. */
  readonly keyHash?: string;
  readonly model?: string;
  /** Days on a page; undefined: all on one. Begins with 1. */
  readonly page?: number;
  readonly pageSize?: number;
  /** How many keys are told apart, the dearest; the sums hold all. Undefined: as many as a reply can bear. */
  readonly keyLimit?: number;
  readonly scope?: Scope;
}

export type ActivityReply = {
  readonly results: readonly DaySpend[];
  readonly metadata: ReturnType<typeof totalsOf> & Paging;
};

type Paging = {
  readonly page: number;
  readonly total_pages: number;
  readonly has_more: boolean;
  readonly api_key_limit: number;
  readonly total_api_keys: number;
};

/** One page of days, the latest first. A day is never cut in two, and the totals are those of the page: clients add pages up. */
export async function dailyActivity(database: Database, asked: ActivityAsked): Promise<ActivityReply> {
  const { page = 1, of } = asked;
  const { days, totalPages } = await pageOf(database, asked);
  const here = { ...asked, days };
  const limit = asked.keyLimit ?? Math.max(FEWEST_KEYS, Math.floor(KEY_DAYS / Math.max(1, lengthOf(days) ?? FEWEST_KEYS)));
  const [parts, { hashes, total }] = await Promise.all([partSums(database, here), dearestKeys(database, here, limit)]);
  const entities = parts.flatMap(({ entity }) => (entity === null ? [] : [entity]));
  const [rows, keys, names] = await Promise.all([
    keySums(database, here, hashes),
    keysNamed(database, hashes),
    entityNames(database, of, entities),
  ]);
  const breakdown = new Breakdown(keys, (id) => ({ [places[of].column]: id, [`${of}_alias`]: names.get(id) ?? null }));
  await breakdown.add(parts, rows);
  const paging = { page, total_pages: totalPages, has_more: page < totalPages };
  return {
    results: breakdown.results(),
    metadata: { ...totalsOf(breakdown), ...paging, api_key_limit: limit, total_api_keys: total },
  };
}

/** Keys times days of a reply, so that a year of a thousand keys is no reply of a gigabyte. */
const KEY_DAYS = 600;
const FEWEST_KEYS = 20;
const DAY_MS = 86_400_000;

const places: { readonly [of in ActivityOf]: { table: string; column: string } } = {
  user: { table: "daily", column: "user_id" },
  team: { table: "daily", column: "team_id" },
  organization: { table: "daily", column: "organization_id" },
  customer: { table: "daily", column: "customer_id" },
  tag: { table: "daily_tags", column: "tag" },
};

function conditions({ of, days, ids, except, keyHash, model, scope }: ActivityAsked): Where {
  const { column } = places[of];
  const where = daysOf(days).and("key_hash = ?", keyHash).and("(model = ? or model_group = ?)", model);
  where.and(`${column} = any(?)`, ids).and(`not ${column} = any(?)`, except);
  // Of users there is an activity without one; of the others it would be the activity of nobody.
  if (of !== "user") where.and(`${column} <> ?`, "");
  return of === "tag" ? where.visibleByKey(scope) : where.visible(scope);
}

function lengthOf({ from, to }: Days): number | undefined {
  return from === undefined || to === undefined ? undefined : Math.round((Date.parse(to) - Date.parse(from)) / DAY_MS) + 1;
}

async function pageOf(database: Database, asked: ActivityAsked): Promise<{ days: Days; totalPages: number }> {
  const { page = 1, pageSize, days } = asked;
  const length = lengthOf(days);
  if (pageSize === undefined || (length !== undefined && length <= pageSize)) return { days: page === 1 ? days : never, totalPages: 1 };
  const where = conditions(asked);
  const text = `select day from ${places[asked.of].table} ${where.text} group by day order by day desc`;
  const all = await rowsOf<{ day: string }>(database.sql, text, where.values);
  const shown = all.slice((page - 1) * pageSize, page * pageSize);
  return {
    days: shown.length === 0 ? never : { from: shown.at(-1)?.day, to: shown[0]?.day },
    totalPages: Math.max(1, Math.ceil(all.length / pageSize)),
  };
}

/** Days that there are not. */
const never: Days = { from: "2000-01-02", to: "2000-01-01" };

const dimensions = ["model", "model_group", "provider", "endpoint"];

/** Sums of each day and of each of its parts: one pass over the table, then one over what is left. */
function partSums(database: Database, asked: ActivityAsked): Promise<readonly PartRow[]> {
  const { table, column } = places[asked.of];
  const where = conditions(asked);
  const all = ["entity", ...dimensions];
  const text = `with base as (
      select day, ${column} as entity, ${dimensions.join(", ")}, ${wholeSumColumns} from ${table} ${where.text}
      group by day, ${column}, ${dimensions.join(", ")}
    ) select day, ${all.join(", ")}, ${sumColumns} from base group by grouping sets ((day), ${all.map((name) => `(day, ${name})`).join(", ")})
    order by day desc`;
  return bigSums<PartRow>(database, text, where.values);
}

async function dearestKeys(database: Database, asked: ActivityAsked, limit: number): Promise<{ hashes: string[]; total: number }> {
  const where = conditions(asked);
  const text = `select key_hash, count(*) over ()::float8 as total from ${places[asked.of].table} ${where.text} group by key_hash
    order by sum(spend_nano) desc, key_hash limit ${where.place(limit)}`;
  const rows = await rowsOf<{ key_hash: string; total: number }>(database.sql, text, where.values);
  return { hashes: rows.map(({ key_hash }) => key_hash), total: rows[0]?.total ?? 0 };
}

async function keySums(database: Database, asked: ActivityAsked, hashes: readonly string[]): Promise<readonly KeyRow[]> {
  if (hashes.length === 0) return [];
  const { table, column } = places[asked.of];
  const where = conditions(asked).and("key_hash = any(?)", hashes);
  const text = `select day, key_hash, ${column} as entity, ${dimensions.join(", ")}, ${sumColumns} from ${table} ${where.text}
    group by day, key_hash, ${column}, ${dimensions.join(", ")}`;
  return bigSums<KeyRow>(database, text, where.values);
}

const aliases: { readonly [of in ActivityOf]?: string } = {
  user: "select user_id as id, coalesce(user_alias, user_email) as name from users where user_id = any($1)",
  team: "select team_id as id, team_alias as name from teams where team_id = any($1)",
  organization: "select organization_id as id, organization_alias as name from organizations where organization_id = any($1)",
  customer: "select user_id as id, alias as name from customers where user_id = any($1)",
};

async function entityNames(database: Database, of: ActivityOf, ids: readonly string[]): Promise<ReadonlyMap<string, string | null>> {
  const text = aliases[of];
  if (text === undefined || ids.length === 0) return new Map();
  const rows = await rowsOf<{ id: string; name: string | null }>(database.sql, text, [[...new Set(ids)]]);
  return new Map(rows.map(({ id, name }) => [id, name]));
}

type Total<Name> = Name extends `total_${string}` ? Name : Name extends string ? `total_${Name}` : never;

function totalsOf(breakdown: Breakdown): { readonly [Name in keyof SpendMetrics as Total<Name>]: number } {
  const metrics = Object.entries(metricsOf(breakdown.total));
  // Names that are made at run time: the compiler takes our word for them.
  return Object.fromEntries(metrics.map(([name, value]) => [name.startsWith("total_") ? name : `total_${name}`, value])) as ReturnType<
    typeof totalsOf
  >;
}
