/** Money lent to instances, in SQL: each function is one statement that locks its meters in the order of their ids. */

import type { Database } from "../store/database.ts";
import { rowsOf } from "../store/rows-of.ts";

/** Wanted of one meter, in whole nano-dollars. */
export interface Ask {
  readonly id: string;
  /** Less is of no use. Below 0: so much may go back. */
  readonly need: number;
  /** What those who wait need together. */
  readonly want: number;
  /** What one call may cost: measures how near the edge is. */
  readonly worth: number;
  /** The budget. */
  readonly most: number;
  readonly until?: number;
}

export interface Lent {
  readonly id: string;
  readonly spent: number;
  /** What other instances had when it was asked. */
  readonly elsewhere: number;
  /** What there was to lend. */
  readonly room: number;
  readonly granted: number;
}

export interface Change {
  readonly id: string;
  /** What this instance has more than before; below 0: what it gives back. */
  readonly nano: number;
}

export interface Loans {
  /** All that is asked for, or nothing: `ok` false, and `room` says why. */
  borrow(asks: readonly Ask[]): Promise<{ readonly ok: boolean; readonly rows: readonly Lent[] }>;
  /** Whatever the budgets say: gives back, or takes what was spent already. */
  change(changes: readonly Change[]): Promise<void>;
  /** True when nobody knew of this instance: at its first beat, or when others took it for dead. */
  beat(): Promise<boolean>;
  /** Takes back what instances had that did not beat for so long, and what `named` ones had. */
  lapse(silentMs: number, named?: readonly string[]): Promise<void>;
  /** This instance's loans as the database has them. */
  own(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  spent(ids: readonly string[]): Promise<ReadonlyMap<string, number>>;
  /** Signs off; loans of calls that are not written yet stay. */
  leave(): Promise<void>;
}

/** Far from the edge an instance takes an eighth of what is left; where fewer than this many calls are left, exactly what it needs. */
export const EDGE_CALLS = 32;
const SLICE = 8;

type On = Database["sql"];

interface Row {
  readonly id: string;
  readonly spent: bigint;
  readonly elsewhere: bigint;
  readonly room: bigint;
  readonly granted: bigint;
  readonly ok: boolean;
}

/** `all`: the embedded engine has one instance only, which may have everything. */
export function createLoans(database: Pick<Database, "sql" | "kind">, instance: string): Loans {
  const all = database.kind === "embedded";
  return {
    async borrow(asks) {
      const ask = { asks, instance, all };
      let rows = await borrowed(database.sql, ask);
      if (rows.length < asks.length) {
        await rowsOf(database.sql, making, [JSON.stringify(asks)]);
        rows = await borrowed(database.sql, ask);
      }
      return { ok: rows.length === asks.length && rows.every(({ ok }) => ok), rows: rows.map(lentOf) };
    },
    async change(changes) {
      await rowsOf(database.sql, changing, [JSON.stringify(changes), instance]);
    },
    async beat() {
      const [row] = await rowsOf<{ fresh: boolean }>(database.sql, beating, [instance]);
      return row?.fresh ?? true;
    },
    async lapse(silentMs, named = []) {
      await rowsOf(database.sql, lapsing, [instance, silentMs, named]);
    },
    async own(ids) {
      const found = await database.sql
        .selectFrom("loans")
        .select(["meter_id", "nano"])
        .where("instance_id", "=", instance)
        .where("meter_id", "in", [...ids])
        .execute();
      return new Map(found.map(({ meter_id, nano }) => [meter_id, whole(nano)]));
    },
    async spent(ids) {
      const found = await database.sql
        .selectFrom("meters")
        .select(["id", "spent_nano"])
        .where("id", "in", [...ids])
        .execute();
      return new Map(found.map(({ id, spent_nano }) => [id, whole(spent_nano)]));
    },
    async leave() {
      await database.sql.deleteFrom("loans").where("instance_id", "=", instance).where("nano", "=", 0n).execute();
      await rowsOf(database.sql, leaving, [instance]);
    },
  };
}

interface Borrowing {
  readonly asks: readonly Ask[];
  readonly instance: string;
  readonly all: boolean;
}

/** Our loans are locked too: without that, who waited for a meter would see its new row beside old loans. */
const lending = `
  with asked as materialized (
    select * from jsonb_to_recordset($1::jsonb) as a (id text, need int8, want int8, worth int8, most int8)
  ), locked as materialized (
    select id, spent_nano, lent_nano from meters where id in (select id from asked) order by id for update
  ), mine as materialized (
    select meter_id, nano from loans where instance_id = $2 and meter_id in (select id from locked) order by meter_id for update
  ), offered as materialized (
    select a.*, l.spent_nano, l.lent_nano - coalesce(mine.nano, 0) as elsewhere, a.most - l.spent_nano - l.lent_nano as room
    from asked a join locked l on l.id = a.id left join mine on mine.meter_id = a.id
  ), decided as materialized (
    select count(*) = (select count(*) from asked) and coalesce(bool_and(room >= need), false) as ok from offered
  ), granted as materialized (
    select o.id, case when not d.ok then 0 when $3::boolean then o.room else least(o.room, greatest(
      o.need, o.want, case when o.room / ${EDGE_CALLS} >= o.worth then o.room / ${SLICE} else o.need end)) end as nano
    from offered o, decided d
  ), lent as (
    update meters m set lent_nano = m.lent_nano + g.nano from granted g where m.id = g.id and g.nano <> 0
  ), loaned as (
    insert into loans as l (instance_id, meter_id, nano) select $2, id, nano from granted where nano <> 0 order by id
    on conflict (instance_id, meter_id) do update set nano = l.nano + excluded.nano
  )
  select o.id, o.spent_nano as spent, o.elsewhere, o.room, g.nano as granted, d.ok
  from offered o join granted g on g.id = o.id, decided d`;

/** Fewer rows than asks: a meter does not exist yet, and nothing was lent. */
function borrowed(on: On, { asks, instance, all }: Borrowing): Promise<readonly Row[]> {
  return rowsOf<Row>(on, lending, [JSON.stringify(asks), instance, all]);
}

const making = `
  insert into meters (id, until)
  select id, to_timestamp(until / 1000.0) from jsonb_to_recordset($1::jsonb) as a (id text, until numeric) order by id
  on conflict do nothing`;

const changing = `
  with asked as materialized (
    select * from jsonb_to_recordset($1::jsonb) as a (id text, nano int8)
  ), locked as materialized (
    select id from meters where id in (select id from asked) order by id for update
  ), changed as (
    update meters m set lent_nano = m.lent_nano + a.nano from asked a join locked k on k.id = a.id where m.id = a.id
  )
  insert into loans as l (instance_id, meter_id, nano)
  select $2, a.id, a.nano from asked a join locked k on k.id = a.id order by a.id
  on conflict (instance_id, meter_id) do update set nano = l.nano + excluded.nano`;

const beating = `
  insert into instances (id, beat_at) values ($1, now())
  on conflict (id) do update set beat_at = now() returning xmax = 0 as fresh`;

/** $2: silent for so many milliseconds; $3: these at once. */
const lapsing = `
  with dead as materialized (
    select id from instances
    where id <> $1 and (beat_at <= now() - $2 * interval '1 millisecond' or id in (select unnest($3::text[]))) for update skip locked
  ), owed as materialized (
    select meter_id, sum(nano) as nano from loans where instance_id in (select id from dead) group by meter_id
  ), locked as materialized (
    select id from meters where id in (select meter_id from owed) order by id for update
  ), freed as (
    update meters m set lent_nano = m.lent_nano - o.nano from owed o join locked k on k.id = o.meter_id where m.id = o.meter_id
  ), gone as (
    delete from loans where instance_id in (select id from dead)
  )
  delete from instances where id in (select id from dead)`;

const leaving = `
  delete from instances where id = $1 and not exists (select 1 from loans where instance_id = $1 and nano <> 0)`;

function lentOf({ id, spent, elsewhere, room, granted }: Row): Lent {
  return { id, spent: whole(spent), elsewhere: whole(elsewhere), room: whole(room), granted: whole(granted) };
}

/** Beyond what numbers hold exactly there is no budget that anybody could tell apart. */
function whole(nano: bigint): number {
  const number = Number(nano);
  return Math.max(-Number.MAX_SAFE_INTEGER, Math.min(Number.MAX_SAFE_INTEGER, number));
}
