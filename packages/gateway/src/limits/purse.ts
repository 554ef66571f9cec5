/** What this instance has of one meter's money. */

import type { MeterClaim } from "./purses.ts";

export class Purse {
  readonly meter: string;
  /** Milliseconds since 1970; undefined: never. */
  readonly until: number | undefined;
  /** The budget that it was lent under. */
  limitNano: number;
  /** In our hands: free, reserved, or spent and not written yet. */
  lent = 0;
  reserved = 0;
  unwritten = 0;
  /** On its way back to the database. */
  returning = 0;
  /** As the database had it last, and what was written since. */
  spentWritten = 0;
  /** Lent to other instances, as the database had it last. */
  elsewhere = 0;
  /** Near the budget's end: what is not needed goes back at once. */
  tight = false;
  /** True: what the database says about our loan must be asked anew. */
  doubt = false;
  /** Grows with each change of what is lent. */
  version = 0;
  /** Milliseconds of `Clock.ticks`. */
  usedAt: number;
  readonly #waiting = new Set<() => void>();

  constructor({ meter, limitNano, until }: MeterClaim, now: number) {
    this.meter = meter;
    this.limitNano = limitNano;
    this.until = until;
    this.usedAt = now;
  }

  get free(): number {
    return this.lent - this.reserved - this.unwritten;
  }
  get spent(): number {
    return this.spentWritten + this.unwritten;
  }
  get isIdle(): boolean {
    return this.reserved === 0 && this.returning === 0 && this.unwritten === 0 && this.#waiting.size === 0;
  }

  /** Nothing is asked of the database: enough is here, and lent under this very budget. */
  holds(claim: MeterClaim, nano: number): boolean {
    return this.limitNano === claim.limitNano && this.lent - this.reserved - this.unwritten >= nano;
  }

  onRoom(listener: () => void): () => void {
    this.#waiting.add(listener);
    return () => this.#waiting.delete(listener);
  }
  /** Something came back, or nothing is in flight any more. */
  tellRoom(): void {
    for (const listener of [...this.#waiting]) listener();
  }
}
