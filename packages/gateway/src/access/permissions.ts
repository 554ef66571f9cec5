/** Who has which right: one table from roles to rights. What of it is whose is decided by scope.ts in every query. */

import type { Right, Things } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import type { Principal, Role } from "./principal.ts";

const things: readonly Things[] = [
  "keys",
  "users",
  "teams",
  "organizations",
  "projects",
  "customers",
  "budgets",
  "tags",
  "access_groups",
  "credentials",
  "models",
  "spend",
  "config",
  "audit",
];

const reads = (...of: readonly Things[]): Right[] => of.map((each): Right => `${each}:read`);
const writes = (...of: readonly Things[]): Right[] => of.map((each): Right => `${each}:write`);

/** `own` things only, but for proxy_admin and its viewer: see scope.ts. */
const rights: { readonly [R in Role]: ReadonlySet<Right> } = {
  proxy_admin: new Set([...reads(...things), ...writes(...things), "self"]),
  proxy_admin_viewer: new Set([...reads(...things.filter((each) => each !== "credentials")), "self"]),
  org_admin: new Set([
    ...reads("keys", "users", "teams", "organizations", "projects", "spend", "models", "access_groups"),
    ...writes("keys", "users", "teams", "organizations", "projects"),
    "self",
  ]),
  internal_user: new Set([...reads("keys", "users", "teams", "organizations", "projects", "spend", "models"), ...writes("keys"), "self"]),
  internal_user_viewer: new Set([...reads("keys", "users", "teams", "organizations", "projects", "spend", "models"), "self"]),
  customer: new Set<Right>(["self"]),
};

/** What an admin of a team may beside what the role lets: within that team. */
const teamAdmin: ReadonlySet<Right> = new Set<Right>(["teams:write", "keys:write", "projects:write", "models:write"]);
const organizationAdmin = rights.org_admin;

export function hasRight(who: Principal, right: Right): boolean {
  if (right === "public" || rights[who.role].has(right)) return true;
  if ((who.adminOfOrganizations?.length ?? 0) > 0 && organizationAdmin.has(right)) return true;
  if ((who.adminOfTeams?.length ?? 0) > 0 && teamAdmin.has(right)) return true;
  // What a team lets its members do with its keys is checked with the key at hand.
  return right === "keys:write" && who.role !== "customer" && grantsKeys(who);
}

function grantsKeys({ teamPermissions = [] }: Principal): boolean {
  return teamPermissions.some((route) => route.startsWith("/key/") && route !== "/key/info" && route !== "/key/health");
}

/** Throws forbidden. */
export function requireRight(who: Principal, right: Right, route: string): void {
  if (hasRight(who, right)) return;
  throw new GatewayError(
    "forbidden",
    `Only an administrator may do this: ${route} needs the right ${right}, which your role (${who.role}) does not have.`,
    { type: "auth_error" },
  );
}
