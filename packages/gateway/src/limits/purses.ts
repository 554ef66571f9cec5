/** Money that may be spent: reserved before a call, settled after it, never overrun. The interface; escrow.ts keeps it. */

/** One budget that a call must fit into, in the window that is now. */
export interface MeterClaim {
  /** `key:<hash>|30d|1764547200000`: see MetersTable. */
  readonly meter: string;
  readonly limitNano: number;
  /** The window's end, milliseconds since 1970; undefined: never. */
  readonly until?: number;
}

export interface Purses {
  /** Takes `nano` from every meter, or from none. At once where this instance holds enough; else a promise, which asks the database. */
  reserve(claims: readonly MeterClaim[], nano: number): Reserved | Short | Promise<Reserved | Short>;
  /** What this instance knows to be spent on a meter: for headers and soft limits. One that nobody asked for yet is looked up in the background. */
  spent(meter: string): number | undefined;
  /** Told of what was spent without a reservation: `spent` counts it from now on. */
  charged(meter: string, nano: number): void;
  /** Told by the ledger: these settled amounts of lent meters are in the database now, and no longer lent. */
  written(charges: readonly { readonly meter: string; readonly nano: number }[]): void;
  /** Told once at the start, when all that earlier runs on this data folder left in the spool is in the database: what those instances had borrowed is free. */
  recovered(instances: readonly string[]): Promise<void>;
  /** Settles once nothing more may come: gives back what is lent and unused. */
  close(): Promise<void>;
}

export interface Reserved {
  readonly ok: true;
  /** Once. What was really spent; more than was reserved is charged too. The rest is free at once. */
  settle(actualNano: number): void;
}

export interface Short {
  readonly ok: false;
  readonly claim: MeterClaim;
  readonly spentNano: number;
  /** What could be reserved now of the tightest meter. */
  readonly leftNano: number;
  /** Calls in flight, here or elsewhere, may give room back. */
  readonly pending: boolean;
  /** Resolves when room was given back, or after `ms`. */
  readonly wait: (ms: number) => Promise<void>;
}
