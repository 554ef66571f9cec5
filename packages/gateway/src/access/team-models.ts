/** Models that belong to one team: what their public names mean for it, and whose a name is. */

import type { Routes } from "tollgate/parts";

export interface TeamModels {
  /** Public name → the group that serves it. */
  of(teamId: string): ReadonlyMap<string, string> | undefined;
  /** The team whose model this is, by its group or by a deployment's id. */
  ownerOf(name: string): string | undefined;
}

/** Asked for anew each time: worked out once for one object of the routes. */
export function createTeamModels(routes: () => Routes): () => TeamModels {
  let known: { readonly of: Routes; readonly models: TeamModels } | undefined;
  return () => {
    const now = routes();
    if (known?.of !== now) known = { of: now, models: teamModelsOf(now) };
    return known.models;
  };
}

function teamModelsOf({ deployments }: Routes): TeamModels {
  const teams = new Map<string, Map<string, string>>();
  const owners = new Map<string, string>();
  for (const { group, id, row } of deployments) {
    const team = row.model_info?.["team_id"];
    if (typeof team !== "string") continue;
    const name = row.model_info?.["team_public_model_name"];
    const names = teams.get(team) ?? new Map<string, string>();
    names.set(typeof name === "string" ? name : group, group);
    teams.set(team, names);
    owners.set(group, team).set(id, team);
  }
  return { of: (teamId) => teams.get(teamId), ownerOf: (name) => owners.get(name) };
}
