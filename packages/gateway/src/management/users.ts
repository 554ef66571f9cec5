/** People: shown and counted. New ones, changes and lists stand in files of their own. */

import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { visibleKeys } from "./key-access.ts";
import { shownKeys } from "./key-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { visibleTeams } from "./team-access.ts";
import { shownTeams } from "./team-row.ts";
import { unknownUser, visibleUsers } from "./user-access.ts";
import { createUserChanges } from "./user-changes.ts";
import { createUserLists } from "./user-lists.ts";
import { createUserNew } from "./user-new.ts";
import { shownUsers, type UserRow } from "./user-row.ts";

export function createUsers(parts: ManagementParts): AreaHandlers<"users"> {
  const { database, clock } = parts;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql: database.sql, windows, now: clock.now() });

  function visible(id: string, { principal }: Caller): Promise<UserRow | undefined> {
    return database.sql
      .selectFrom("users")
      .selectAll()
      .where("user_id", "=", id)
      .where(visibleUsers(scopeOf(principal)))
      .executeTakeFirst();
  }

  return {
    ...createUserNew(parts, context),
    ...createUserChanges(parts, context),
    ...createUserLists(parts, context),
    async info({ user_id }, caller) {
      const id = user_id ?? caller.principal.userId;
      const scope = scopeOf(caller.principal);
      const row = id === undefined ? undefined : await visible(id, caller);
      if (user_id !== undefined && !row && user_id !== scope.userId) throw unknownUser(user_id);
      if (id === undefined) return { user_id: null, user_info: null, keys: [], teams: [] };
      const keys = await database.sql.selectFrom("keys").selectAll().where("user_id", "=", id).where(visibleKeys(scope)).execute();
      const teams = await database.sql
        .selectFrom("teams")
        .selectAll()
        .where((each) => each("team_id", "in", each.selectFrom("team_members").select("team_id").where("user_id", "=", id)))
        .where(visibleTeams(scope))
        .execute();
      const [info] = row ? await shownUsers([row], context()) : [];
      return {
        user_id: id,
        user_info: info ?? null,
        keys: await shownKeys(keys, context()),
        teams: await shownTeams(teams, scope, context()),
      };
    },
    async infoV2({ user_id }, caller) {
      const id = user_id ?? caller.principal.userId;
      const row = id === undefined ? undefined : await visible(id, caller);
      const [user] = row ? await shownUsers([row], context()) : [];
      if (!user) throw unknownUser(id ?? "the one that belongs to this key");
      return user;
    },
    async available(_input, { principal }) {
      const { count } = await database.sql
        .selectFrom("users")
        .where(visibleUsers(scopeOf(principal)))
        .select((each) => each.fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      return { total_users: null, total_users_used: Number(count), total_users_remaining: null };
    },
    async availableRoles() {
      return roles;
    },
  };
}

const roles = {
  proxy_admin: { description: "May see and change everything", ui_label: "Admin (All Permissions)" },
  proxy_admin_viewer: { description: "May see everything, and change nothing", ui_label: "Admin (View Only)" },
  internal_user: { description: "Makes and sees own keys, sees own spend", ui_label: "Internal User (Create/Delete/View)" },
  internal_user_viewer: { description: "Sees own keys and spend", ui_label: "Internal User (View Only)" },
};
