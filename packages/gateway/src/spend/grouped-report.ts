/** `/global/spend/report` and its kin: who spent how much, by day or by key, for those who pass the bill on. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";
import { bigSums } from "./big-sums.ts";
import { dollars } from "./dollars.ts";
import { type Days, daysOf, type Scope, type Where } from "./where.ts";

export type GroupBy = "team" | "customer" | "api_key" | "internal_user_id";

export interface ReportAsked {
  readonly days: Days;
  readonly groupBy: GroupBy;
  /** SHA-256. */
  readonly keyHash?: string;
  readonly userId?: string;
  readonly teamId?: string;
  readonly organizationId?: string;
  readonly customerId?: string;
  readonly scope?: Scope;
}

/** Its members depend on the group. */
type ReportRow = Readonly<Record<string, unknown>>;

export function groupedReport(database: Database, asked: ReportAsked): Promise<readonly ReportRow[]> {
  const { keyHash, userId, teamId, organizationId, customerId } = asked;
  const where = daysOf(asked.days).visible(asked.scope);
  where.and("key_hash = ?", keyHash).and("user_id = ?", userId).and("team_id = ?", teamId);
  where.and("organization_id = ?", organizationId).and("customer_id = ?", customerId);
  // Asked for one key or one user, LiteLLM tells keys with their models, whatever the group.
  if (asked.groupBy === "api_key" || keyHash !== undefined || userId !== undefined) return byKey(database, where);
  if (asked.groupBy === "internal_user_id") return byUser(database, where);
  return byDay(database, where, asked.groupBy);
}

interface Row {
  readonly day: string;
  readonly name: string;
  readonly key_hash: string;
  readonly model: string;
  readonly spend_nano: number;
  readonly input_tokens: number;
  readonly output_tokens: number;
}

const sums =
  "sum(spend_nano)::float8 as spend_nano, sum(input_tokens)::float8 as input_tokens, sum(output_tokens)::float8 as output_tokens";
const UNASSIGNED = "Unassigned Team";

async function byDay(database: Database, where: Where, group: "team" | "customer"): Promise<readonly ReportRow[]> {
  const text = `select day, ${group}_id as name, key_hash, model, ${sums} from daily ${where.text} group by 1, 2, 3, 4`;
  const rows = (await bigSums<Row>(database, text, where.values)).filter(({ name }) => group === "team" || name !== "");
  const named = group === "team" ? await teamNames(database, rows) : undefined;
  const days = new Map<string, Map<string, Row[]>>();
  for (const row of rows) {
    const names = days.get(row.day) ?? new Map<string, Row[]>();
    days.set(row.day, names);
    gather(names, named ? { ...row, name: named.get(row.name) ?? (row.name || UNASSIGNED) } : row);
  }
  // Sorted here: a database that sorts by a language's rules takes longer for that than for the sums.
  const dearestFirst = (a: Row, b: Row): number => b.spend_nano - a.spend_nano;
  return [...days].sort(byName).map(([day, names]) => ({
    group_by_day: `${day}T00:00:00+00:00`,
    [`${group}s`]: [...names].sort(byName).map(([who, rows]) => ({
      [group === "team" ? "team_name" : "customer"]: who,
      total_spend: dollars(rows.reduce((sum, { spend_nano }) => sum + spend_nano, 0)),
      metadata: rows.sort(dearestFirst).map(({ model, spend_nano, input_tokens, output_tokens, key_hash }) => ({
        model,
        spend: dollars(spend_nano),
        total_tokens: input_tokens + output_tokens,
        api_key: key_hash,
      })),
    })),
  }));
}

async function teamNames(database: Database, rows: readonly Row[]): Promise<ReadonlyMap<string, string>> {
  const ids = [...new Set(rows.map(({ name }) => name))];
  const text = "select team_id, team_alias from teams where team_id = any($1) and team_alias is not null";
  const teams = await rowsOf<{ team_id: string; team_alias: string }>(database.sql, text, [ids]);
  return new Map(teams.map(({ team_id, team_alias }) => [team_id, team_alias]));
}

function byName([a]: readonly [string, unknown], [b]: readonly [string, unknown]): number {
  return a < b ? -1 : 1;
}

function gather(names: Map<string, Row[]>, row: Row): void {
  const rows = names.get(row.name);
  if (rows) rows.push(row);
  else names.set(row.name, [row]);
}

function byKey(database: Database, where: Where): Promise<readonly ReportRow[]> {
  return withModels(database, where, { column: "key_hash", member: "api_key" });
}

function byUser(database: Database, where: Where): Promise<readonly ReportRow[]> {
  return withModels(database, where, { column: "user_id", member: "internal_user_id" });
}

async function withModels(
  database: Database,
  where: Where,
  { column, member }: { column: string; member: string },
): Promise<readonly ReportRow[]> {
  const text = `select ${column} as name, model, ${sums} from daily ${where.text} group by ${column}, model order by 1, spend_nano desc`;
  const names = new Map<string, Row[]>();
  for (const row of await rowsOf<Row>(database.sql, text, where.values)) gather(names, row);
  const total = (rows: readonly Row[], of: "spend_nano" | "input_tokens" | "output_tokens"): number =>
    rows.reduce((sum, row) => sum + row[of], 0);
  return [...names].map(([name, rows]) => ({
    [member]: name,
    total_cost: dollars(total(rows, "spend_nano")),
    total_input_tokens: total(rows, "input_tokens"),
    total_output_tokens: total(rows, "output_tokens"),
    model_details: rows.map(({ model, spend_nano, input_tokens, output_tokens }) => ({
      model,
      total_cost: dollars(spend_nano),
      total_input_tokens: input_tokens,
      total_output_tokens: output_tokens,
    })),
  }));
}
