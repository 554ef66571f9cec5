/** `temp_budget_increase` for a while: `temp_budget_expiry` is said as a duration, and kept as a moment. */

import { GatewayError } from "tollgate/parts";
import { momentAfter } from "./durations.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Settings to lay over. Throws bad_request for a raise without an end. */
export function raiseOf(given: Fields, before: Fields, now: number): Fields {
  const { temp_budget_increase: increase, temp_budget_expiry: until } = given;
  const raise: Record<string, unknown> = {};
  if (increase !== undefined) raise["temp_budget_increase"] = increase;
  if (until === null) raise["temp_budget_expiry"] = null;
  else if (typeof until === "string") raise["temp_budget_expiry"] = momentAfter(until, now)?.toISOString();
  else if (typeof increase === "number" && (before["temp_budget_expiry"] ?? null) === null)
    throw new GatewayError("bad_request", "'temp_budget_increase' needs 'temp_budget_expiry': for how long, such as 1d.", {
      param: "temp_budget_expiry",
    });
  return raise;
}
