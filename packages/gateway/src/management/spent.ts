/** What entities have spent: read from their meters, in the window that is now. */

import { nanoOf } from "tollgate/parts";
import type { Level } from "../access/principal.ts";
import { holderOf, meterId } from "../limits/meters.ts";
import type { Windows } from "../limits/windows.ts";
import type { Database } from "../store/database.ts";
import { chunks } from "./chunks.ts";

export interface Spender {
  readonly level: Level;
  readonly id: string;
  /** `budget_duration`; without one the sum of all times is meant. */
  readonly duration?: string;
}

export interface Spent {
  readonly nano: bigint;
  /** When the window ends and counting begins anew. */
  readonly resetsAt?: Date;
}

export interface SpentContext {
  readonly sql: Database["sql"];
  readonly windows: Windows;
  readonly now: number;
}

/** In the order of the spenders. One query for all. */
export async function spentOf(spenders: readonly Spender[], { sql, windows, now }: SpentContext): Promise<Spent[]> {
  const asked = spenders.map(({ level, id, duration }) => {
    const window = windows.at(duration, now);
    return { meter: meterId(holderOf(level, id), duration, window.from), until: window.until };
  });
  if (asked.length === 0) return [];
  const known = new Map<string, bigint>();
  for (const some of chunks(asked.map(({ meter }) => meter)))
    for (const row of await sql.selectFrom("meters").select(["id", "spent_nano"]).where("id", "in", some).execute())
      known.set(row.id, row.spent_nano);
  return asked.map(({ meter, until }) => ({
    nano: known.get(meter) ?? 0n,
    ...(until !== undefined && { resetsAt: new Date(until) }),
  }));
}

/** Sets what was spent in the present window and in all (`spend` of an update, reset_spend). */
export async function setSpent(spender: Spender, nano: number, context: SpentContext): Promise<void> {
  await writeMeter(spender, nano, context);
  if (spender.duration !== undefined) await writeMeter({ ...spender, duration: undefined }, nano, context);
}

/** A changed window begins with what was spent in the old one, whose duration is `before`; `spend` sets it. */
export async function keepSpent(spender: Spender, before: string | undefined, spend: unknown, context: SpentContext): Promise<void> {
  if (typeof spend === "number") return setSpent(spender, nanoOf(spend), context);
  if (before === spender.duration || spender.duration === undefined) return;
  const [spent] = await spentOf([{ ...spender, duration: before }], context);
  await writeMeter(spender, Number(spent?.nano ?? 0n), context);
}

async function writeMeter({ level, id, duration }: Spender, nano: number, { sql, windows, now }: SpentContext): Promise<void> {
  const window = windows.at(duration, now);
  const row = {
    id: meterId(holderOf(level, id), duration, window.from),
    until: window.until === undefined ? null : new Date(window.until),
  };
  await sql
    .insertInto("meters")
    .values({ ...row, spent_nano: nano, lent_nano: 0 })
    .onConflict((conflict) => conflict.column("id").doUpdateSet({ spent_nano: nano }))
    .execute();
}
