/** What a failed query means: a broken connection, a value that cannot be stored, or something the caller understands. */

import { GatewayError } from "tollgate/parts";

/** Of the connection or the whole server; another try later may work. */
const connectionStates = /^(08...|57P0[1-5]|25006|53...|58...)$/;
const networkCodes = /^(ECONN|EPIPE|ETIMEDOUT|ENOTFOUND|EAI_|EHOST|ENET|ENOENT|EACCES)/;
/** The client of `pg` gives these no code. */
const brokenTexts =
  /^(Connection terminated|Client was closed|Client has encountered|timeout exceeded when trying to connect|timeout expired|Cannot use a pool after)/;

const unstorable: Readonly<Record<string, string>> = {
  "22021": "A text holds a null character or broken UTF-8, which cannot be stored. Leave it out.",
  "22P05": "A text holds a null character, which cannot be stored. Leave it out.",
  "54000": "A name or id is too long to be stored. Keep it below 500 characters.",
};

/** SQLSTATE or Node's code; empty when there is none. */
export function codeOf(cause: unknown): string {
  return cause instanceof Error && "code" in cause && cause.code !== undefined ? String(cause.code) : "";
}

export function isConnectionFault(cause: unknown): boolean {
  const code = codeOf(cause);
  return connectionStates.test(code) || networkCodes.test(code) || brokenTexts.test(cause instanceof Error ? cause.message : "");
}

/** A row with this key is there already. `index` as the migrations name it: `keys_key_alias`, `keys_pkey`. */
export function isDuplicate(cause: unknown, index?: string): boolean {
  if (codeOf(cause) !== "23505") return false;
  return index === undefined || (cause instanceof Error && "constraint" in cause && cause.constraint === index);
}

/** Lost against another transaction: the same statements may work at once. */
export function isWorthRepeating(cause: unknown): boolean {
  return ["40001", "40P01", "55P03"].includes(codeOf(cause));
}

/** What a query threw, as the rest of the gateway should see it. Faults that a caller can act on stay as they are. */
export function queryFault(cause: unknown): unknown {
  if (cause instanceof GatewayError) return cause;
  if (isConnectionFault(cause)) return databaseAway(cause);
  const text = unstorable[codeOf(cause)];
  return text === undefined ? cause : new GatewayError("bad_request", text, { cause });
}

export function databaseAway(cause?: unknown): GatewayError {
  return new GatewayError("database_away", "The database cannot be reached at the moment. Try again shortly; the log says why.", { cause });
}
