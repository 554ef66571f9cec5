/** Changes of users that are there: updated, deleted, one or several; passwords. */

import type { Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { endKeys } from "./key-ends.ts";
import { textOf } from "./key-row.ts";
import { merged, split } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import { hashPassword, verifyPassword } from "./password.ts";
import { keepSpent, type SpentContext } from "./spent.ts";
import { changedBy } from "./stamps.ts";
import { refuseFields, rightsOver, type UserRights, unknownUser } from "./user-access.ts";
import { emptyAsNull, ownUserFields, userColumns, userTaken } from "./user-fields.ts";
import { findUser } from "./user-find.ts";
import { toldOf, unusedFieldsOf } from "./user-new.ts";
import { plainUser, shownUsers, type UserRow } from "./user-row.ts";

type Fields = Readonly<Record<string, unknown>>;
type Changes = Pick<AreaHandlers<"users">, "update" | "bulkUpdate" | "delete" | "bulkDelete" | "changePassword">;

export function createUserChanges(parts: ManagementParts, context: () => SpentContext): Changes {
  const { database, clock } = parts;

  async function update(asked: Fields, caller: Caller) {
    const row = await findUser(asked, database.sql);
    const rights = await rightsOver(row, caller, database.sql);
    // Who is named by mail is not given a new one.
    const { user_id: id, user_email: mail, ...rest } = asked;
    const given: Fields = (id ?? null) === null ? rest : { ...rest, user_email: mail };
    refuseFields(rights, given);
    const password = await newPassword(given["password"], row, rights);
    const { columns, settings } = split(given, userColumns, ownUserFields);
    if (columns["user_role"] === null) delete columns["user_role"];
    const after = merged(row.settings, settings);
    await database.sql.transaction().execute(async (sql) => {
      await write(sql, row, { ...emptyAsNull(columns), ...password, settings: JSON.stringify(after), ...changedBy(caller, clock.now()) });
      const spender = { level: "user" as const, id: row.user_id, duration: textOf(after["budget_duration"]) };
      await keepSpent(spender, textOf(row.settings["budget_duration"]), given["spend"], { ...context(), sql });
      // Whoever is signed in signs in again: with the new password, in the new role.
      if (password || columns["user_role"] !== undefined) await sql.deleteFrom("sessions").where("user_id", "=", row.user_id).execute();
      const told = { ...columns, ...settings, ...(password && { password: "changed" }) };
      await writeAudit(sql, caller, [{ action: "updated", table: "users", id: row.user_id, before: plainUser(row), after: told }]);
    });
    await announce(parts, { people: [`user:${row.user_id}`] });
    const [data] = await shownUsers([await findUser({ user_id: row.user_id }, database.sql)], context());
    if (!data) throw unknownUser(row.user_id);
    return { user_id: row.user_id, data, warnings: unusedFieldsOf(given) };
  }

  async function remove(rows: readonly UserRow[], caller: Caller): Promise<void> {
    const ids = rows.map(({ user_id }) => user_id);
    const ended = await database.sql.transaction().execute(async (sql) => {
      const keys = await sql.selectFrom("keys").selectAll().where("user_id", "in", ids).execute();
      for (const table of ["team_members", "organization_members", "invitations", "sessions", "users"] as const)
        await sql.deleteFrom(table).where("user_id", "in", ids).execute();
      const entries = rows.map((row) => ({ action: "deleted" as const, table: "users", id: row.user_id, before: plainUser(row) }));
      await writeAudit(sql, caller, entries);
      return endKeys(sql, keys, caller);
    });
    await announce(parts, { people: ids.map((id) => `user:${id}`), keys: ended });
  }

  async function toDelete(userId: string, caller: Caller): Promise<UserRow> {
    const row = await findUser({ user_id: userId }, database.sql);
    if ((await rightsOver(row, caller, database.sql)) === "own")
      throw new GatewayError("forbidden", "You may not delete yourself. Ask an administrator.", { param: "user_ids", type: "auth_error" });
    return row;
  }

  return {
    update,
    async bulkUpdate({ users = [], all_users, user_updates }, caller) {
      const asked = all_users ? (await everybody(caller)).map((user_id) => ({ ...user_updates, user_id })) : users;
      const results = [];
      for (const each of asked) {
        const { user_id = null, user_email = null } = each as { user_id?: string | null; user_email?: string | null };
        try {
          const { data } = await update(each, caller);
          results.push({ user_id: data.user_id, user_email: data.user_email, success: true, updated_user: data });
        } catch (thrown) {
          results.push({ user_id, user_email, success: false, error: toldOf(thrown) });
        }
      }
      const updated = results.filter(({ success }) => success).length;
      return { results, total_requested: results.length, successful_updates: updated, failed_updates: results.length - updated };
    },
    async delete({ user_ids }, caller) {
      const rows = [];
      for (const id of new Set(user_ids)) rows.push(await toDelete(id, caller));
      await remove(rows, caller);
      return { deleted_users: rows.length, message: `Deleted ${rows.length} ${rows.length === 1 ? "user" : "users"} with their keys.` };
    },
    async bulkDelete({ user_ids }, caller) {
      const data = [];
      for (const user_id of new Set(user_ids)) {
        try {
          const row = await toDelete(user_id, caller);
          await remove([row], caller);
          data.push({ user_id, user_email: row.user_email, success: true });
        } catch (thrown) {
          data.push({ user_id, user_email: null, success: false, error: toldOf(thrown) });
        }
      }
      return { data };
    },
    async changePassword({ current_password, new_password }, caller) {
      const { userId } = caller.principal;
      const row = userId === undefined ? undefined : await findUser({ user_id: userId }, database.sql);
      if (!row) throw new GatewayError("forbidden", "This key belongs to no user, so there is no password to change.");
      if (!(await verifyPassword(current_password, row.password)))
        throw new GatewayError("forbidden", "The present password is another one ('current_password'). Nothing was changed.", {
          param: "current_password",
          type: "auth_error",
        });
      const password = await hashPassword(new_password);
      await database.sql.transaction().execute(async (sql) => {
        await write(sql, row, { password, ...changedBy(caller, clock.now()) });
        await sql.deleteFrom("sessions").where("user_id", "=", row.user_id).execute();
        await writeAudit(sql, caller, [{ action: "updated", table: "users", id: row.user_id, after: { password: "changed" } }]);
      });
      await announce(parts, { people: [`user:${row.user_id}`] });
      return { user_id: row.user_id, message: "The password is changed. Sign in with the new one." };
    },
  };

  async function everybody({ principal }: Caller): Promise<string[]> {
    if (principal.role !== "proxy_admin")
      throw new GatewayError("forbidden", "Only an administrator of the gateway may change all users at once ('all_users').", {
        param: "all_users",
        type: "auth_error",
      });
    return (await database.sql.selectFrom("users").select("user_id").orderBy("user_id").execute()).map(({ user_id }) => user_id);
  }
}

async function write(sql: Transaction<Tables>, row: UserRow, columns: Fields): Promise<void> {
  try {
    await sql.updateTable("users").set(columns).where("user_id", "=", row.user_id).execute();
  } catch (cause) {
    throw userTaken(cause, columns);
  }
}

/** Whoever finds a key must not come to own the account: oneself gives the old password. */
async function newPassword(given: unknown, row: UserRow, rights: UserRights): Promise<{ password: string } | undefined> {
  if (typeof given !== "string") return undefined;
  if (rights === "own" && row.password !== null)
    throw new GatewayError("forbidden", "You have a password already: change it with POST /user/password/change, which asks for it.", {
      param: "password",
      type: "auth_error",
    });
  return { password: await hashPassword(given) };
}
