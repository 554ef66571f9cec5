/** Reads of what was spent see the calls that have just been made: rows that wait are written first, for a moment at most. */

import { type Contract, contract, type Endpoint } from "@tollgate/admin";
import type { Clock } from "tollgate/parts";
import type { Handlers } from "../http/admin-routes.ts";
import type { Ledger } from "../spend/ledger.ts";
import { within } from "../store/within.ts";

/** A database that is busy or away does not hold up what can be answered without those rows. */
const PATIENCE_MS = 300;

export type Fresh = () => Promise<void>;

export function createFresh(ledger: Pick<Ledger, "state" | "flush">, clock: Clock): Fresh {
  return async () => {
    // What goes wrong here is told by the ledger, and waits in the spool.
    if (ledger.state.waiting > 0) await within(ledger.flush(), PATIENCE_MS, clock).catch(() => undefined);
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
