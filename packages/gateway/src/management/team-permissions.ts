/** What the members of teams may do with the team's keys. */

import { memberPermissions } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { listOf } from "./limited-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { changedBy } from "./stamps.ts";
import { findTeam, type TeamRow } from "./team-access.ts";
import { shownTeam } from "./team-changes.ts";
import { usualPermissions } from "./team-row.ts";

type Permissions = Pick<AreaHandlers<"teams">, "permissionsList" | "permissionsUpdate" | "permissionsBulkUpdate">;

export function createTeamPermissions(parts: ManagementParts, context: () => SpentContext): Permissions {
  const { database, clock } = parts;

  async function write(rows: readonly { readonly row: TeamRow; readonly permissions: readonly string[] }[], caller: Caller): Promise<void> {
    await database.sql.transaction().execute(async (sql) => {
      for (const { row, permissions } of rows) {
        const settings = JSON.stringify({ ...row.settings, team_member_permissions: permissions });
        await sql
          .updateTable("teams")
          .set({ settings, ...changedBy(caller, clock.now()) })
          .where("team_id", "=", row.team_id)
          .execute();
        const before = { team_member_permissions: permissionsOf(row) };
        const after = { team_member_permissions: permissions };
        await writeAudit(sql, caller, [{ action: "updated", table: "teams", id: row.team_id, before, after }]);
      }
    });
    await announce(parts, { people: rows.map(({ row }) => `team:${row.team_id}`) });
  }

  return {
    async permissionsList({ team_id }, caller) {
      const row = await findTeam(team_id, caller, "member", database.sql);
      return { team_id, team_member_permissions: permissionsOf(row), all_available_permissions: [...memberPermissions] };
    },
    async permissionsUpdate({ team_id, team_member_permissions: permissions }, caller) {
      const row = await findTeam(team_id, caller, "admin", database.sql);
      await write([{ row, permissions }], caller);
      return shownTeam(team_id, caller, parts, context());
    },
    async permissionsBulkUpdate({ permissions, team_ids = [], apply_to_all_teams }, caller) {
      const rows: TeamRow[] = [];
      if (apply_to_all_teams) rows.push(...(await allTeams(caller)));
      else for (const id of new Set(team_ids)) rows.push(await findTeam(id, caller, "admin", database.sql));
      const changes = rows.map((row) => ({ row, permissions: [...new Set([...permissionsOf(row), ...permissions])] }));
      await write(
        changes.filter((change) => change.permissions.length > permissionsOf(change.row).length),
        caller,
      );
      return {
        message: `The permissions were added to ${rows.length} ${rows.length === 1 ? "team" : "teams"}.`,
        teams_updated: rows.length,
        permissions_appended: [...permissions],
      };
    },
  };

  function allTeams({ principal }: Caller): Promise<TeamRow[]> {
    if (principal.role === "proxy_admin") return database.sql.selectFrom("teams").selectAll().orderBy("team_id").execute();
    throw new GatewayError("forbidden", "Only an administrator of the gateway may change all teams at once ('apply_to_all_teams').", {
      param: "apply_to_all_teams",
      type: "auth_error",
    });
  }
}

function permissionsOf({ settings }: TeamRow): string[] {
  return settings["team_member_permissions"] ? listOf(settings["team_member_permissions"]) : [...usualPermissions];
}
