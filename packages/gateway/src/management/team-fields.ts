/** What of a team's request goes where. */

import { GatewayError } from "tollgate/parts";
import { isDuplicate } from "../store/faults.ts";
import type { ManagementSettings } from "./parts.ts";

type Fields = Readonly<Record<string, unknown>>;

export const teamColumns: ReadonlySet<string> = new Set(["team_alias", "organization_id", "blocked"]);

/** Members are rows of their own. */
export const ownTeamFields: ReadonlySet<string> = new Set(["team_id", "admins", "members", "members_with_roles"]);

/** `default_team_params` fill what is missing. */
export function withTeamDefaults<Given extends Fields>(given: Given, { defaultTeamParams }: ManagementSettings): Given {
  return { ...defaultTeamParams, ...Object.fromEntries(Object.entries(given).filter(([, value]) => value !== undefined)) } as Given;
}

/** `cause`: a violated key of teams; anything else is thrown on. */
export function teamTaken(cause: unknown, id: string): unknown {
  if (!isDuplicate(cause, "teams_pkey")) return cause;
  return new GatewayError("conflict", `The team id '${id}' is taken ('team_id'). Choose another, or leave it out and one is made.`, {
    param: "team_id",
  });
}
