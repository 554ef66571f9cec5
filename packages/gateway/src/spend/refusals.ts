/** Whether the database refuses a row for what stands in it: trying again would change nothing. */

import { GatewayError } from "tollgate/parts";
import { codeOf } from "../store/faults.ts";

/** Data exceptions, broken constraints, and values beyond a limit of PostgreSQL. */
const refusing = /^(22...|23...|54000)$/;
/** "No partition for this row" is one, too, and not the row's fault. */
const BROKEN_CHECK = "23514";

export function isRefusal(cause: unknown): boolean {
  if (cause instanceof GatewayError) return cause.kind === "bad_request";
  // A row that we cannot read ourselves is no better.
  if (cause instanceof SyntaxError) return true;
  const code = codeOf(cause);
  return refusing.test(code) && !isMissingDay(cause);
}

/** The table of calls has no partition for the day of a row. */
export function isMissingDay(cause: unknown): boolean {
  return codeOf(cause) === BROKEN_CHECK && cause instanceof Error && cause.message.includes("partition");
}
