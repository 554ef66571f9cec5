/** Reads of what was spent see the calls that have just been made: rows that wait are written first, as long as that gets on. */

import { type Contract, contract, type Endpoint } from "@tollgate/admin";
import type { Clock } from "tollgate/parts";
import type { Handlers } from "../http/admin-routes.ts";
import type { Ledger } from "../spend/ledger.ts";
import { within } from "../store/within.ts";

/** A database that wakes, or has much to write, is waited for; one that takes no row in this time does not hold up what can be answered without. */
const STILL_MS = 5000;
/** Nor do rows that come as fast as they are written. */
const PATIENCE_MS = 20_000;

export type Fresh = () => Promise<void>;

export function createFresh(ledger: Pick<Ledger, "state" | "flush">, clock: Clock): Fresh {
  return async () => {
    if (ledger.state.waiting === 0) return;
    const begun = clock.ticks();
    const flushed = ledger.flush().then(() => true);
    // What goes wrong here is told by the ledger, and waits in the spool.
    flushed.catch(() => undefined);
    for (let before = Number.POSITIVE_INFINITY; clock.ticks() - begun < PATIENCE_MS; ) {
      const { waiting } = ledger.state;
      if (waiting >= before) return;
      before = waiting;
      if (await within(flushed, STILL_MS, clock).catch(() => false)) return;
    }
  };
}

/** Where a `spend` is shown. */
const areas: ReadonlySet<string> = new Set<keyof Contract>([
  ...(["keys", "users", "teams", "organizations", "projects"] as const),
  ...(["customers", "tags", "spend", "activity"] as const),
]);

/** Reads that are POSTs, and writes that are about what was spent until now. */
const also: ReadonlySet<string> = new Set(["info", "infoMany", "byCustomer", "reset", "resetSpend", "resetMemberSpend"]);

type AnyAnswer = (...given: readonly unknown[]) => Promise<unknown>;

/** The same handlers, with fresh books where they show them. */
export function withFreshBooks(handlers: Handlers, fresh: Fresh): Handlers {
  const told = Object.entries(handlers).map(([area, answers]) => [area, areas.has(area) ? freshly(area, answers, fresh) : answers]);
  return Object.fromEntries(told) as Handlers;
}

function freshly(area: string, answers: object, fresh: Fresh): object {
  const rows = contract[area as keyof Contract] as Readonly<Record<string, Endpoint>>;
  const told = Object.entries(answers as Record<string, AnyAnswer>).map(([name, answer]) => {
    if (rows[name]?.method !== "GET" && !also.has(name)) return [name, answer];
    return [name, (...given: readonly unknown[]) => fresh().then(() => answer(...given))];
  });
  return Object.fromEntries(told);
}
