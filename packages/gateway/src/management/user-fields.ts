/** What of a user's request goes where, and what the configuration fills in. */

import { GatewayError } from "tollgate/parts";
import type { ManagementSettings } from "./parts.ts";

type Fields = Readonly<Record<string, unknown>>;

export const userColumns: ReadonlySet<string> = new Set(["user_email", "user_alias", "user_role", "sso_user_id"]);

/** Of the first key, not of the user. */
export const fieldsOfKeys: ReadonlySet<string> = new Set([
  ...["key_alias", "duration", "team_id", "agent_id", "aliases", "config", "permissions", "blocked"],
]);

/** Not kept under their own names: they turn into something else. */
export const ownUserFields: ReadonlySet<string> = new Set([
  ...fieldsOfKeys,
  ...["user_id", "password", "teams", "organizations", "auto_create_key", "send_invite_email", "spend"],
]);

export function isAdminRole(role: unknown): boolean {
  return role === "proxy_admin" || role === "proxy_admin_viewer";
}

/** `default_internal_user_params` and `max_internal_user_budget` fill what is missing, for all but administrators. */
export function withUserDefaults(given: Fields, settings: ManagementSettings): Record<string, unknown> & { user_role: string } {
  const { defaultUserParams, maxInternalUserBudget, internalUserBudgetDuration } = settings;
  const role = String(given["user_role"] ?? defaultUserParams["user_role"] ?? "internal_user");
  const filled: Record<string, unknown> & { user_role: string } = { ...given, user_role: role };
  if (isAdminRole(role)) return filled;
  for (const [name, value] of Object.entries(defaultUserParams)) if (name !== "available_teams") filled[name] ??= value;
  if (maxInternalUserBudget !== undefined && filled["max_budget"] === undefined) {
    filled["max_budget"] = maxInternalUserBudget;
    if (internalUserBudgetDuration !== undefined) filled["budget_duration"] ??= internalUserBudgetDuration;
  }
  return filled;
}

/** "" is how forms say "none". */
export function emptyAsNull(columns: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(columns).map(([name, value]) => [name, value === "" ? null : value]));
}

const said: Readonly<Record<string, readonly [param: string, what: string]>> = {
  users_pkey: ["user_id", "id"],
  users_user_email: ["user_email", "mail address"],
  users_sso_user_id: ["sso_user_id", "id at the sign-in provider"],
};

/** `cause`: a violated unique index of users; anything else is thrown on. */
export function userTaken(cause: unknown, given: Fields): unknown {
  const index = cause instanceof Error && "constraint" in cause ? String(cause.constraint) : "";
  const [param, what] = said[index] ?? [];
  if (param === undefined) return cause;
  return new GatewayError("conflict", `The ${what} '${String(given[param])}' is taken: another user has it ('${param}').`, { param });
}
