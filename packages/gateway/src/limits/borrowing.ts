/** Calls that wait for the database to lend: one question at a time for each meter, asked for all who wait. */

import { type Ask, EDGE_CALLS, type Lent, type Loans } from "./loans.ts";
import type { Purse } from "./purse.ts";
import type { MeterClaim, Reserved, Short } from "./purses.ts";

export interface BorrowingTools {
  readonly loans: Loans;
  /** True: this is the only instance, and nobody else needs what it does not use. */
  readonly alone: boolean;
  readonly purseOf: (claim: MeterClaim) => Purse;
  /** Takes it from purses that all have enough; undefined: one has not. */
  readonly take: (claims: readonly MeterClaim[], nano: number) => Reserved | undefined;
  /** False: others may lend what we have, until we are heard again. */
  readonly trusted: () => boolean;
  /** Throws while the database is away. */
  readonly renew: () => Promise<void>;
  readonly short: (purse: Purse, claim: MeterClaim, room: number) => Short;
}

interface Waiting {
  readonly claims: readonly MeterClaim[];
  readonly nano: number;
  readonly resolve: (answer: Reserved | Short) => void;
  readonly reject: (cause: unknown) => void;
}

export class Borrowing {
  readonly #tools: BorrowingTools;
  #waiting: Waiting[] = [];
  readonly #busy = new Set<string>();
  #renewing = false;

  constructor(tools: BorrowingTools) {
    this.#tools = tools;
  }

  ask(claims: readonly MeterClaim[], nano: number): Promise<Reserved | Short> {
    return new Promise((resolve, reject) => {
      this.#waiting.push({ claims, nano, resolve, reject });
      this.#pump();
    });
  }

  /** True: what is lent of this meter may change any moment. */
  isAsking(meter: string): boolean {
    return this.#busy.has(meter);
  }

  /** More for later, while nobody waits; told by nobody when it fails. */
  refill(claim: MeterClaim, worth: number): void {
    if (this.#busy.has(claim.meter)) return;
    // Whoever came meanwhile waits for the end of this question.
    const asked = (): void => this.#pump();
    void this.#lend([{ claim, need: 0 }], worth).then(asked, asked);
  }

  /** First come, first served, as long as the question of an earlier one is not under way. */
  #pump(): void {
    for (const each of [...this.#waiting]) {
      if (this.#renewing || each.claims.some(({ meter }) => this.#busy.has(meter))) continue;
      const taken = this.#tools.take(each.claims, each.nano);
      if (taken) this.#answer(each, taken);
      else if (this.#tools.trusted()) void this.#round(each);
      else void this.#renew();
    }
  }

  async #renew(): Promise<void> {
    this.#renewing = true;
    try {
      await this.#tools.renew();
    } catch (cause) {
      for (const each of this.#waiting.splice(0)) each.reject(cause);
    } finally {
      this.#renewing = false;
      this.#pump();
    }
  }

  async #round(each: Waiting): Promise<void> {
    const short = each.claims
      .map((claim) => ({ claim, purse: this.#tools.purseOf(claim) }))
      .filter(({ claim, purse }) => !purse.holds(claim, each.nano))
      .map(({ claim, purse }) => ({ claim, need: each.nano - purse.free }));
    const purses = short.map(({ claim }) => this.#tools.purseOf(claim));
    const versions = purses.map(({ version }) => version);
    try {
      const refused = await this.#lend(short, each.nano);
      // What came back while the database answered is not in its answer: it is asked again.
      if (refused && purses.every(({ version }, at) => version === versions[at])) this.#refuse(each, refused);
    } catch (cause) {
      this.#leave(each);
      each.reject(cause);
    } finally {
      this.#pump();
    }
  }

  /** Asks for what these meters lack; the answer is why not. */
  async #lend(short: readonly { claim: MeterClaim; need: number }[], worth: number): Promise<readonly Lent[] | undefined> {
    const asks: Ask[] = short.map(({ claim, need }) => ({
      id: claim.meter,
      need,
      want: this.#wantedOf(claim.meter) - this.#tools.purseOf(claim).free,
      worth,
      most: claim.limitNano,
      until: claim.until,
    }));
    for (const { id } of asks) this.#busy.add(id);
    try {
      const { ok, rows } = await this.#tools.loans.borrow(asks);
      for (const { claim } of short) {
        const row = rows.find(({ id }) => id === claim.meter);
        if (!row) continue;
        const purse = this.#tools.purseOf(claim);
        note(purse, row);
        if (ok) purse.limitNano = claim.limitNano;
        // Near the edge nobody keeps what others may need.
        purse.tight = !this.#tools.alone && row.room < EDGE_CALLS * worth;
      }
      return ok ? undefined : rows;
    } catch (cause) {
      // It may have been lent, and the answer lost.
      for (const { claim } of short) this.#tools.purseOf(claim).doubt = true;
      throw cause;
    } finally {
      for (const { id } of asks) this.#busy.delete(id);
    }
  }

  #wantedOf(meter: string): number {
    let wanted = 0;
    for (const { claims, nano } of this.#waiting) if (claims.some((claim) => claim.meter === meter)) wanted += nano;
    return Math.min(wanted, Number.MAX_SAFE_INTEGER);
  }

  /** Whoever waits for as much of the same meter gets the same answer. */
  #refuse(first: Waiting, rows: readonly Lent[]): void {
    const rooms = new Map(rows.map(({ id, room }) => [id, room]));
    for (const each of [first, ...this.#waiting]) {
      const tightest = this.#tightest(each, rooms);
      if (tightest) this.#answer(each, tightest);
    }
    // A meter vanished between two statements: nobody is refused for that, and the next question makes it anew.
  }

  #tightest({ claims, nano }: Waiting, rooms: ReadonlyMap<string, number>): Short | undefined {
    let tightest: Short | undefined;
    for (const claim of claims) {
      const room = rooms.get(claim.meter);
      const purse = this.#tools.purseOf(claim);
      if (room === undefined || purse.free + room >= nano) continue;
      const short = this.#tools.short(purse, claim, room);
      if (!tightest || short.leftNano < tightest.leftNano) tightest = short;
    }
    return tightest;
  }

  #answer(each: Waiting, answer: Reserved | Short): void {
    if (this.#leave(each)) each.resolve(answer);
  }

  #leave(each: Waiting): boolean {
    const at = this.#waiting.indexOf(each);
    if (at >= 0) this.#waiting.splice(at, 1);
    return at >= 0;
  }
}

function note(purse: Purse, { spent, elsewhere, granted }: Lent): void {
  purse.lent += granted;
  if (granted !== 0) purse.version += 1;
  purse.spentWritten = spent;
  purse.elsewhere = elsewhere;
}
