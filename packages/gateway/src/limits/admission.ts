/** Leave to make a call: the place where limits are claimed and settled. With the master key alone there are none yet. */

import type { Call, CallRecord } from "tollgate/parts";
import type { Principal } from "../access/principal.ts";

/** Leave to make one call. Settled exactly once, with what was really used. */
export interface Ticket {
  settle(record: CallRecord): void;
}

export interface Admission {
  admit(who: Principal, call: Call): Ticket | Promise<Ticket>;
}

const free: Ticket = { settle() {} };

export const openAdmission: Admission = { admit: () => free };
