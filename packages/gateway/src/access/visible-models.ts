/** Which models somebody may know of. */

import { mayUse } from "./model-access.ts";
import type { Principal } from "./principal.ts";
import type { TeamModels } from "./team-models.ts";

/** Asked with the name of a group. */
export type Sees = (group: string) => boolean;

export function visibleTo(who: Principal | undefined, teamModels: Pick<TeamModels, "ownerOf">): Sees {
  if (who === undefined) return () => true;
  if (who.role === "proxy_admin" || who.role === "proxy_admin_viewer") return (group) => mayUse(who, group);
  const teams = new Set([...(who.memberOfTeams ?? []), ...(who.adminOfTeams ?? [])]);
  return (group) => {
    const owner = teamModels.ownerOf(group);
    if (owner !== undefined && owner !== who.teamId) return teams.has(owner);
    return mayUse(who, group);
  };
}
