/** Money in escrow: this instance borrows from the database what its calls may cost, and lends it to them in memory. */

import type { Clock } from "tollgate/parts";
import type { Database } from "../store/database.ts";
import { Borrowing } from "./borrowing.ts";
import { createLoans, type Loans } from "./loans.ts";
import { Purse } from "./purse.ts";
import type { MeterClaim, Purses, Reserved, Short } from "./purses.ts";
import { SpentNotes } from "./spent-notes.ts";
import { Upkeep } from "./upkeep.ts";

export interface EscrowOptions {
  readonly database: Pick<Database, "sql" | "kind" | "notify" | "listen" | "ready">;
  readonly clock: Clock;
  /** This process; another one each time that it starts. */
  readonly instance: string;
  /** Told of what must be tried again, without a call that could be told. */
  readonly onProblem?: (cause: unknown) => void;
}

/** While others have some, they are asked again this often. */
const POLL_MS = 100;
/** A purse with fewer calls than this is filled up before it is empty. */
const FEW_CALLS = 4;
const LONG_MS = 3_600_000;

export function createEscrow({ database, clock, instance, onProblem = () => {} }: EscrowOptions): Purses {
  return new Escrow({ database, clock, instance, onProblem });
}

class Escrow implements Purses {
  readonly #clock: Clock;
  readonly #database: EscrowOptions["database"];
  readonly #instance: string;
  readonly #purses = new Map<string, Purse>();
  readonly #loans: Loans;
  readonly #borrowing: Borrowing;
  readonly #upkeep: Upkeep;
  readonly #notes: SpentNotes;

  constructor({ database, clock, instance, onProblem }: Required<EscrowOptions>) {
    this.#clock = clock;
    this.#database = database;
    this.#instance = instance;
    this.#loans = createLoans(database, instance);
    this.#notes = new SpentNotes(clock, this.#loans);
    const alone = database.kind === "embedded";
    this.#borrowing = new Borrowing({
      loans: this.#loans,
      alone,
      purseOf: (claim) => this.#purseOf(claim),
      take: (claims, nano) => this.#take(claims, nano),
      short: (purse, claim, room) => this.#short(purse, claim, room),
      trusted: () => this.#upkeep.trusted,
      renew: () => this.#upkeep.renew(),
    });
    const isAsking = (meter: string): boolean => this.#borrowing.isAsking(meter);
    this.#upkeep = new Upkeep({ loans: this.#loans, purses: this.#purses, clock, alone, isAsking, onProblem });
    this.#upkeep.stopWith(
      database.listen("meters", (payload) => {
        const [from, meter = ""] = splitOnce(payload);
        if (from !== instance) this.#upkeep.othersNeed(payload === "*" ? undefined : meter);
      }),
    );
    void database.ready.then(
      () => this.#upkeep.start(),
      () => {},
    );
  }

  reserve(claims: readonly MeterClaim[], nano: number): Reserved | Short | Promise<Reserved | Short> {
    return this.#take(claims, nano) ?? this.#borrowing.ask(claims, nano);
  }

  #take(claims: readonly MeterClaim[], nano: number): Reserved | undefined {
    if (!this.#upkeep.trusted) return undefined;
    const purses: Purse[] = [];
    for (const claim of claims) {
      const purse = this.#purses.get(claim.meter);
      if (!purse?.holds(claim, nano)) return undefined;
      purses.push(purse);
    }
    const now = this.#clock.ticks();
    purses.forEach((purse, at) => {
      purse.reserved += nano;
      purse.usedAt = now;
      const claim = claims[at];
      if (claim && !purse.tight && purse.free < nano * FEW_CALLS && !this.#upkeep.alone) this.#borrowing.refill(claim, nano);
    });
    let settled = false;
    return {
      ok: true,
      settle: (actualNano) => {
        if (settled) return;
        settled = true;
        const actual = wholeNano(actualNano);
        for (const purse of purses) this.#settle(purse, nano, actual);
      },
    };
  }

  #settle(purse: Purse, nano: number, actual: number): void {
    purse.reserved -= nano;
    purse.unwritten += actual;
    purse.usedAt = this.#clock.ticks();
    if (actual < nano || purse.reserved === 0) purse.tellRoom();
    if (purse.free < 0 || purse.tight) this.#upkeep.balanceSoon(purse);
  }

  #purseOf(claim: MeterClaim): Purse {
    const known = this.#purses.get(claim.meter);
    if (known) return known;
    const purse = new Purse(claim, this.#clock.ticks());
    this.#purses.set(claim.meter, purse);
    return purse;
  }

  #short(purse: Purse, claim: MeterClaim, room: number): Short {
    return {
      ok: false,
      claim,
      spentNano: purse.spent,
      leftNano: Math.max(0, purse.free + room),
      pending: purse.reserved > 0 || purse.returning > 0 || purse.elsewhere > 0,
      wait: (ms) => this.#wait(purse, ms),
    };
  }

  #wait(purse: Purse, ms: number): Promise<void> {
    const elsewhere = purse.elsewhere > 0;
    if (elsewhere) this.#database.notify("meters", `${this.#instance} ${purse.meter}`).catch(() => {});
    return new Promise((resolve) => {
      const done = (): void => {
        off();
        alarm.cancel();
        resolve();
      };
      const off = purse.onRoom(done);
      const alarm = this.#clock.after(elsewhere ? Math.min(ms, POLL_MS) : ms, done);
    });
  }

  spent(meter: string): number | undefined {
    return this.#purses.get(meter)?.spent ?? this.#notes.get(meter);
  }

  charged(meter: string, nano: number): void {
    this.#notes.add(meter, nano);
  }

  written(charges: readonly { readonly meter: string; readonly nano: number }[]): void {
    for (const { meter, nano } of charges) {
      const purse = this.#purses.get(meter);
      if (!purse) continue;
      purse.unwritten -= nano;
      purse.lent -= nano;
      purse.spentWritten += nano;
      purse.version += 1;
    }
  }

  /** The embedded database has no other instances than earlier ones. */
  recovered(instances: readonly string[]): Promise<void> {
    return this.#loans.lapse(this.#upkeep.alone ? 0 : LONG_MS, instances);
  }

  close(): Promise<void> {
    return this.#upkeep.close();
  }
}

function splitOnce(text: string): [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}

function wholeNano(nano: number): number {
  return nano > 0 ? Math.min(Math.ceil(nano), Number.MAX_SAFE_INTEGER) : 0;
}
