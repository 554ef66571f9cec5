/** Limits in requests, tokens and parallel calls: the interface that memory and Redis both keep, with one contract suite. */

export interface Claim {
  /** Who and what: `key:<hash>:requests`, `team:t1:model:gpt-4o:tokens`. */
  readonly name: string;
  readonly amount: number;
  readonly limit: number;
  /** A window is fixed and begins with its first claim; `held` counts until it is given back. */
  readonly window: { readonly lengthMs: number } | "held";
}

/** All or none, in one step: one tick in memory, one Lua script in Redis. */
export interface Counters {
  claim(claims: readonly Claim[]): Taken | Promise<Taken>;
  close(): Promise<void>;
}

export type Taken = Claimed | Refused;

export interface Claimed {
  readonly ok: true;
  /** What is left of each claim's limit, and when its window ends (milliseconds since 1970; 0 for held). */
  readonly left: readonly number[];
  readonly resetsAt: readonly number[];
  /** What was really used, one number for each claim, in the window that it was taken from; held ones are given back whatever it says. Once. */
  settle(actual: readonly number[]): void;
}

export interface Refused {
  readonly ok: false;
  readonly claim: Claim;
  readonly left: number;
  readonly resetsAt: number;
}
