/** Whose things a caller may see and change: what every query of the management routes is limited to. */

import { GatewayError } from "tollgate/parts";
import type { Principal } from "./principal.ts";

export interface Scope {
  /** Sees everything; `writes` says whether it may change everything, too. */
  readonly all: boolean;
  readonly writes: boolean;
  readonly userId?: string;
  /** SHA-256 of the key that asks: everybody may see that one. */
  readonly keyHash?: string;
  readonly teams: readonly string[];
  readonly adminTeams: readonly string[];
  readonly adminOrganizations: readonly string[];
}

export function scopeOf(who: Principal): Scope {
  return {
    all: who.role === "proxy_admin" || who.role === "proxy_admin_viewer",
    writes: who.role === "proxy_admin",
    userId: who.userId,
    keyHash: who.keyHash,
    teams: unique([...(who.memberOfTeams ?? []), ...(who.adminOfTeams ?? [])]),
    adminTeams: who.adminOfTeams ?? [],
    adminOrganizations: who.adminOfOrganizations ?? [],
  };
}

/** Somebody else's thing: told as if it did not exist, in the same words. */
export function notFound(what: string, id: string): GatewayError {
  return new GatewayError("not_found", `There is no ${what} '${id.slice(0, 200)}'.`, { param: `${what.replaceAll(" ", "_")}_id` });
}

function unique(ids: readonly string[]): string[] {
  return [...new Set(ids)];
}
