/** What a team's own models are called inside, so that no other team finds them under their public name. */

import type { DeploymentRow } from "tollgate/parts";

/** The id is escaped: no team can be named so that its models look like another's, and no name becomes a pattern. */
export function teamGroup(teamId: string, publicName: string): string {
  return `team:${encodeURIComponent(teamId).replaceAll("*", "%2A")}:${publicName}`;
}

export function teamOf({ model_info: info }: Pick<DeploymentRow, "model_info">): string | undefined {
  const id = info?.["team_id"];
  return typeof id === "string" && id !== "" ? id : undefined;
}

/** What clients call it. */
export function publicNameOf({ model_name: name, model_info: info }: Pick<DeploymentRow, "model_name" | "model_info">): string {
  const own = info?.["team_public_model_name"];
  return typeof own === "string" && own !== "" ? own : name;
}

/** The row as the house has it. */
export function namedForTeam(row: DeploymentRow): DeploymentRow {
  const team = teamOf(row);
  if (team === undefined) return row;
  const publicName = publicNameOf(row);
  return {
    ...row,
    model_name: teamGroup(team, publicName),
    model_info: { ...row.model_info, team_id: team, team_public_model_name: publicName },
  };
}
