/** Leave to make a call: the place where limits are claimed and settled. */

import type { Call, CallRecord } from "tollgate/parts";
import type { Principal, Subject } from "../access/principal.ts";

/** Leave to make one call. Settled exactly once, with what was really used. */
export interface Ticket {
  settle(record: CallRecord): void;
  /** Everybody who is charged: those of the principal, the customer, the tags. */
  readonly subjects: readonly Subject[];
  /** Meters to be charged: every subject's lifetime one and those of its budgets; `lent` ones were reserved. */
  readonly meters: readonly ChargedMeter[];
  /** Reply headers: `x-ratelimit-…`, `x-litellm-key-…`. Flat list of names and values; undefined: none. */
  headers?(record: CallRecord | undefined): readonly string[];
  /** The most that the call can cost, where it was reserved. */
  readonly reservedNano?: number;
  /** The call's output was limited to this many tokens, so that a budget holds. */
  readonly outputLimit?: number;
  /** True: only what costs nothing may answer, for there is no money for a fallback that does. */
  readonly freeOnly?: boolean;
}

export interface ChargedMeter {
  readonly meter: string;
  readonly lent: boolean;
  /** Milliseconds since 1970; undefined: never. */
  readonly until?: number;
}

export interface Admission {
  /** `also`: customer and tags of this call, looked up by access. Throws rate_limited, budget_exceeded, forbidden_model. */
  admit(who: Principal, call: Call, also: readonly Subject[]): Ticket | Promise<Ticket>;
}

const free: Ticket = { settle() {}, subjects: [], meters: [] };

export const openAdmission: Admission = { admit: () => free };
