/** Access groups with teams and keys: names for sets of models. Those that stand on models themselves are in access-group-models.ts. */

import { notFound, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { isDuplicate } from "../store/faults.ts";
import { createGroupBudgets } from "./access-group-budget.ts";
import { createModelGroups } from "./access-group-models.ts";
import { assign, type GroupRow, groupTaken, shownGroups, withHashes } from "./access-group-row.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { listOf } from "./limited-row.ts";
import { merged } from "./merge.ts";
import type { ModelParts } from "./model-parts.ts";
import type { ManagementParts } from "./parts.ts";
import { changedBy, madeBy } from "./stamps.ts";

export function createAccessGroups(parts: ManagementParts, around: ModelParts): AreaHandlers<"accessGroups"> {
  const { database, clock, newId } = parts;

  async function seen(caller: Caller, id?: string): Promise<GroupRow[]> {
    const rows = await database.sql
      .selectFrom("access_groups")
      .selectAll()
      .$if(id !== undefined, (query) => query.where("access_group_id", "=", id ?? ""))
      .orderBy("created_at", "desc")
      .orderBy("access_group_id")
      .execute();
    const scope = scopeOf(caller.principal);
    if (scope.all) return rows;
    const teams = new Set([...scope.teams, ...(await teamsOf(scope.adminOrganizations))]);
    return rows.filter(({ settings }) => listOf(settings["assigned_team_ids"]).some((team) => teams.has(team)));
  }

  async function teamsOf(organizations: readonly string[]): Promise<readonly string[]> {
    if (organizations.length === 0) return [];
    const rows = await database.sql
      .selectFrom("teams")
      .select("team_id")
      .where("organization_id", "in", [...organizations])
      .execute();
    return rows.map((row) => row.team_id);
  }

  async function one(id: string, caller: Caller) {
    const [group] = await shownGroups(await seen(caller, id), database.sql);
    if (!group) throw notFound("access group", id);
    return group;
  }

  return {
    ...createModelGroups(parts, around),
    ...createGroupBudgets(parts, around),
    async new({ access_group_name: name, ...given }, caller) {
      const id = newId();
      const settings = withHashes(given);
      const touched = await database.sql.transaction().execute(async (sql) => {
        try {
          await sql
            .insertInto("access_groups")
            .values({
              access_group_id: id,
              access_group_name: name,
              settings: JSON.stringify(settings),
              ...madeBy(caller, clock.now()),
            })
            .execute();
        } catch (cause) {
          if (isDuplicate(cause)) throw groupTaken(name);
          throw cause;
        }
        await writeAudit(sql, caller, [{ action: "created", table: "access_groups", id, after: { access_group_name: name, ...settings } }]);
        return assign(sql, id, {}, settings);
      });
      await announce(parts, { ...touched, people: ["access_groups", ...touched.people] });
      return one(id, caller);
    },
    list: async (_input, caller) => shownGroups(await seen(caller), database.sql),
    info: ({ access_group_id }, caller) => one(access_group_id, caller),
    async update({ access_group_id: id, access_group_name: name, ...given }, caller) {
      const touched = await database.sql.transaction().execute(async (sql) => {
        const before = await sql.selectFrom("access_groups").selectAll().where("access_group_id", "=", id).forUpdate().executeTakeFirst();
        if (!before) throw notFound("access group", id);
        const settings = merged(before.settings, withHashes(given));
        try {
          await sql
            .updateTable("access_groups")
            .set({ ...(name && { access_group_name: name }), settings: JSON.stringify(settings), ...changedBy(caller, clock.now()) })
            .where("access_group_id", "=", id)
            .execute();
        } catch (cause) {
          if (isDuplicate(cause)) throw groupTaken(name ?? "");
          throw cause;
        }
        await writeAudit(sql, caller, [{ action: "updated", table: "access_groups", id, before: before.settings, after: given }]);
        return assign(sql, id, before.settings, settings);
      });
      await announce(parts, { ...touched, people: ["access_groups", ...touched.people] });
      return one(id, caller);
    },
    async delete({ access_group_id: id }, caller) {
      const touched = await database.sql.transaction().execute(async (sql) => {
        const before = await sql.deleteFrom("access_groups").where("access_group_id", "=", id).returningAll().executeTakeFirst();
        if (!before) throw notFound("access group", id);
        await writeAudit(sql, caller, [{ action: "deleted", table: "access_groups", id, before: before.settings }]);
        return assign(sql, id, before.settings, {});
      });
      await announce(parts, { ...touched, people: ["access_groups", ...touched.people] });
      return { message: `Access group ${id} deleted successfully` };
    },
  };
}
