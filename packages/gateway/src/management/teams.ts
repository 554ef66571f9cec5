/** Teams: made here. Lists, changes, members and permissions stand in files of their own. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError, nanoOf } from "tollgate/parts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { textOf } from "./key-row.ts";
import { createMemberAdds, joinTeam, type NewMember } from "./member-adds.ts";
import { createMemberChanges } from "./member-changes.ts";
import { split } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import { type SpentContext, setSpent } from "./spent.ts";
import { madeBy } from "./stamps.ts";
import { refuseBeyondOrganization } from "./team-bounds.ts";
import { createTeamChanges, shownTeam } from "./team-changes.ts";
import { ownTeamFields, teamColumns, teamTaken, withTeamDefaults } from "./team-fields.ts";
import { createTeamLists } from "./team-lists.ts";
import { createTeamPermissions } from "./team-permissions.ts";
import { withoutSecrets } from "./team-row.ts";

type New = InputOf<(typeof contract.teams)["new"]>;

export function createTeams(parts: ManagementParts): AreaHandlers<"teams"> {
  const { database, clock } = parts;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql: database.sql, windows, now: clock.now() });

  return {
    ...createTeamLists(parts, context),
    ...createTeamChanges(parts, context),
    ...createMemberAdds(parts, context),
    ...createMemberChanges(parts, context),
    ...createTeamPermissions(parts, context),
    async new(input, caller) {
      const filled = withTeamDefaults(input, parts.settings);
      refuseMaking(filled, caller);
      if (filled.organization_id) await refuseBeyondOrganization(filled.organization_id, filled, parts);
      const id = filled.team_id ?? parts.newId();
      const { columns, settings } = split(filled, teamColumns, ownTeamFields);
      const row = { ...columns, team_id: id, settings: JSON.stringify(settings), ...madeBy(caller, clock.now()) };
      const joined = await database.sql.transaction().execute(async (sql) => {
        await sql
          .insertInto("teams")
          .values(row)
          .execute()
          .catch((cause: unknown) => {
            throw teamTaken(cause, id);
          });
        await writeAudit(sql, caller, [{ action: "created", table: "teams", id, after: { ...columns, ...withoutSecrets(settings) } }]);
        const inside = { ...context(), sql };
        // A team of this id may have been here before.
        await setSpent({ level: "team", id, duration: textOf(filled.budget_duration) }, nanoOf(0), inside);
        return joinTeam({ teamId: id, members: firstMembers(filled), limits: {} }, caller, parts, inside);
      });
      await announce(parts, { people: [`team:${id}`, ...joined.map(({ userId }) => `user:${userId}`)] });
      return shownTeam(id, caller, parts, context());
    },
    async metadataSchema() {
      return { fields: [] };
    },
  };
}

/** Whoever administers organizations makes teams in these. */
function refuseMaking({ organization_id: organization }: New, { principal }: Caller): void {
  const scope = scopeOf(principal);
  if (scope.writes) return;
  if (scope.adminOrganizations.length === 0)
    throw new GatewayError("forbidden", "Only administrators of the gateway or of an organization may make teams.", { type: "auth_error" });
  if (organization === undefined)
    throw new GatewayError("forbidden", "Name an organization of yours in 'organization_id': you may make teams in these only.", {
      param: "organization_id",
      type: "auth_error",
    });
  if (!scope.adminOrganizations.includes(organization)) throw notFound("organization", organization);
}

/** LiteLLM's three ways to name them; whoever is named twice is an admin if one of them says so. */
function firstMembers({ admins = [], members = [], members_with_roles = [] }: New): NewMember[] {
  const byName = new Map<string, NewMember>();
  const all: NewMember[] = [
    ...members_with_roles,
    ...members.map((user_id) => ({ user_id, role: "user" })),
    ...admins.map((user_id) => ({ user_id, role: "admin" })),
  ];
  for (const member of all) {
    const name = member.user_id ? `id:${member.user_id}` : `mail:${(member.user_email ?? "").toLowerCase()}`;
    const known = byName.get(name);
    byName.set(name, known && member.role !== "admin" ? known : member);
  }
  return [...byName.values()];
}
