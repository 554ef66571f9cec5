/** Changes of keys that are there: updated, rotated, blocked, deleted, their spend set. */

import type { Transaction } from "kysely";
import { GatewayError, nanoOf } from "tollgate/parts";
import { sha256, shownKey } from "../access/key-of.ts";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { isDuplicate } from "../store/faults.ts";
import type { Tables } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import { momentAfter } from "./durations.ts";
import { maySee, requireChange, unknownKey } from "./key-access.ts";
import { refuseOverAllocation, requireExisting, withDefaults } from "./key-draft.ts";
import { endKeys, plainKey } from "./key-ends.ts";
import { aliasTaken, keyColumns, keyTaken, ownFields, readKeys, tokenOf } from "./key-fields.ts";
import { requireNoMore } from "./key-owner.ts";
import { type KeyRow, shownKeys } from "./key-row.ts";
import { merged, split } from "./merge.ts";
import { refuseWider } from "./narrower.ts";
import type { ManagementParts } from "./parts.ts";
import { keepSpent, type SpentContext, setSpent } from "./spent.ts";
import { findTeam } from "./team-access.ts";
import { raiseOf } from "./temporary-raise.ts";

type Fields = Readonly<Record<string, unknown>>;
type Changes = Pick<
  AreaHandlers<"keys">,
  "update" | "bulkUpdate" | "bulkUpdateTeam" | "regenerate" | "block" | "unblock" | "delete" | "resetSpend"
>;

export function createKeyChanges(parts: ManagementParts, context: () => SpentContext): Changes {
  const { database, clock, changed } = parts;

  async function found(asked: string, caller: Caller, route: string): Promise<KeyRow> {
    const [row] = await readKeys(database.sql, [tokenOf(asked)]);
    if (!row) throw unknownKey(asked);
    await requireChange(caller.principal, row, { asked, route, sql: database.sql });
    return row;
  }

  async function shownAgain(token: string) {
    const [row] = await shownKeys(await readKeys(database.sql, [token]), context());
    if (!row) throw unknownKey(token);
    return row;
  }

  /** The row as it will be; throws what must not be. */
  async function checked(row: KeyRow, given: Fields, caller: Caller): Promise<Changed> {
    const { principal } = caller;
    if (!scopeOf(principal).writes) {
      refuseWider(principal, given);
      refuseMoving(row, given, principal.userId);
    }
    await requireExisting(given, database.sql);
    withDefaults({ ...row.settings, ...given }, { ...parts.settings, defaultKeyParams: {} });
    await refuseOverAllocation({ team_id: row.team_id, ...row.settings, ...given }, row.token, database.sql);
    const { columns, settings } = split(given, keyColumns, ownFields);
    const now = clock.now();
    const duration = given["duration"];
    Object.assign(settings, raiseOf(given, row.settings, now));
    return {
      columns: {
        ...columns,
        ...(duration !== undefined && {
          expires: duration === null || duration === "-1" ? null : (momentAfter(String(duration), now) ?? null),
        }),
      },
      settings: merged(row.settings, settings),
      given: { ...columns, ...settings },
    };
  }

  async function write(sql: Transaction<Tables>, row: KeyRow, change: Changed, caller: Caller, more: Fields = {}): Promise<void> {
    const by = caller.principal.userId ?? caller.principal.name;
    try {
      await sql
        .updateTable("keys")
        .set({ ...change.columns, ...more, settings: JSON.stringify(change.settings), updated_at: new Date(clock.now()), updated_by: by })
        .where("token", "=", row.token)
        .execute();
    } catch (cause) {
      if (isDuplicate(cause, "keys_key_alias")) throw aliasTaken(String(change.columns["key_alias"] ?? ""));
      if (isDuplicate(cause)) throw keyTaken();
      throw cause;
    }
  }

  async function update(asked: string, given: Fields, caller: Caller, route: string) {
    const row = await found(asked, caller, route);
    const change = await checked(row, given, caller);
    await database.sql.transaction().execute(async (sql) => {
      await write(sql, row, change, caller);
      const spender = { level: "key" as const, id: row.token, duration: durationOf(change.settings) };
      await keepSpent(spender, durationOf(row.settings), given["spend"], { ...context(), sql });
      await writeAudit(sql, caller, [{ action: "updated", table: "keys", id: row.token, before: plainKey(row), after: change.given }]);
    });
    await changed("keys", row.token);
    return { ...(await shownAgain(row.token)), key: asked };
  }

  async function setBlocked(asked: string, blocked: boolean, caller: Caller) {
    const row = await found(asked, caller, blocked ? "/key/block" : "/key/unblock");
    await database.sql.transaction().execute(async (sql) => {
      await sql
        .updateTable("keys")
        .set({ blocked, updated_at: new Date(clock.now()) })
        .where("token", "=", row.token)
        .execute();
      await writeAudit(sql, caller, [{ action: blocked ? "blocked" : "unblocked", table: "keys", id: row.token }]);
    });
    await changed("keys", row.token);
    return shownAgain(row.token);
  }

  async function many(items: readonly { readonly key: string; readonly given: Fields }[], caller: Caller, route: string) {
    const successful: { key: string; key_info: Record<string, unknown> }[] = [];
    const failed: { key: string; failed_reason: string }[] = [];
    for (const { key, given } of items) {
      try {
        successful.push({ key, key_info: await update(key, given, caller, route) });
      } catch (thrown) {
        const error = GatewayError.from(thrown);
        if (error.kind === "database_away" || error.kind === "internal") throw thrown;
        failed.push({ key: key.startsWith("sk-") ? shownKey(key) : key, failed_reason: error.message });
      }
    }
    return { total_requested: items.length, successful_updates: successful, failed_updates: failed };
  }

  return {
    update: ({ key, ...given }, caller) => update(key, given, caller, "/key/update"),
    bulkUpdate: ({ keys }, caller) =>
      many(
        keys.map(({ key, ...given }) => ({ key, given })),
        caller,
        "/key/update",
      ),
    async bulkUpdateTeam({ team_id, key_ids = [], all_keys_in_team, update_fields }, caller) {
      // Whoever may not know of the team must not be told its keys.
      await findTeam(team_id, caller, "member", database.sql);
      const rows = await database.sql.selectFrom("keys").select("token").where("team_id", "=", team_id).execute();
      const ofTeam = new Set(rows.map(({ token }) => token));
      const wanted = all_keys_in_team ? [...ofTeam] : key_ids;
      for (const key of wanted) if (!ofTeam.has(tokenOf(key))) throw unknownKey(key);
      return many(
        wanted.map((key) => ({ key, given: update_fields })),
        caller,
        "/key/update",
      );
    },
    async regenerate({ key, new_key, grace_period, new_master_key, ...given }, caller) {
      if (new_master_key)
        throw new GatewayError(
          "bad_request",
          "The master key is set in the configuration (general_settings.master_key) and changes with a restart.",
          { param: "new_master_key" },
        );
      const row = await found(key, caller, "/key/regenerate");
      if (new_key && !scopeOf(caller.principal).writes)
        throw new GatewayError("forbidden", "Only an administrator may choose a key's text: leave `new_key` out.", { param: "new_key" });
      if (row.user_id !== null) await requireNoMore(caller.principal, row.user_id, database.sql);
      const change = await checked(row, given, caller);
      const secret = new_key ?? parts.newKey();
      const token = sha256(secret);
      const graceUntil = momentAfter(grace_period, clock.now());
      await database.sql.transaction().execute(async (sql) => {
        await write(sql, row, change, caller, { token, key_name: shownKey(secret) });
        await sql.updateTable("rotated_keys").set({ active_token: token }).where("active_token", "=", row.token).execute();
        if (graceUntil)
          await sql.insertInto("rotated_keys").values({ token: row.token, active_token: token, revoke_at: graceUntil }).execute();
        await moveMeters(sql, row.token, token);
        await writeAudit(sql, caller, [{ action: "rotated", table: "keys", id: token, before: { token: row.token }, after: change.given }]);
      });
      await changed("keys", row.token);
      await changed("keys", token);
      return { ...(await shownAgain(token)), key: secret, token_id: token };
    },
    block: ({ key }, caller) => setBlocked(key, true, caller),
    unblock: ({ key }, caller) => setBlocked(key, false, caller),
    async delete({ keys = [], key_aliases = [] }, caller) {
      const rows = await toDelete(keys, key_aliases, caller);
      await database.sql.transaction().execute((sql) => endKeys(sql, rows, caller));
      for (const { token } of rows) await changed("keys", token);
      return { deleted_keys: keys.length > 0 ? [...keys] : rows.map(({ token }) => token) };
    },
    async resetSpend({ key, reset_to }, caller) {
      const row = await found(key, caller, "/key/update");
      if (!scopeOf(caller.principal).writes) throw new GatewayError("forbidden", "Only an administrator may set what a key has spent.");
      await setSpent({ level: "key", id: row.token, duration: durationOf(row.settings) }, nanoOf(reset_to), context());
      await changed("keys", row.token);
      return { message: `The spend of key ${row.key_alias ?? row.key_name} is ${reset_to} US dollars now.` };
    },
  };

  async function toDelete(keys: readonly string[], aliases: readonly string[], caller: Caller): Promise<KeyRow[]> {
    const rows = new Map<string, KeyRow>();
    for (const key of keys) {
      const row = await found(key, caller, "/key/delete");
      rows.set(row.token, row);
    }
    for (const alias of aliases) {
      const row = await database.sql.selectFrom("keys").selectAll().where("key_alias", "=", alias).executeTakeFirst();
      if (!row || !(await maySee(scopeOf(caller.principal), row, database.sql))) throw unknownKey(alias);
      await requireChange(caller.principal, row, { asked: alias, route: "/key/delete", sql: database.sql });
      rows.set(row.token, row);
    }
    return [...rows.values()];
  }
}

interface Changed {
  readonly columns: Fields;
  readonly settings: Fields;
  readonly given: Fields;
}

/** Only an administrator gives a key to others. */
function refuseMoving(row: KeyRow, given: Fields, userId: string | undefined): void {
  for (const field of ["user_id", "team_id", "organization_id", "project_id"] as const) {
    const wanted = given[field];
    if (wanted === undefined || wanted === row[field] || (field === "user_id" && wanted === userId)) continue;
    throw new GatewayError("forbidden", `Only an administrator may change '${field}' of a key.`, { param: field, type: "auth_error" });
  }
}

/** What was spent goes with the key to its new hash. */
async function moveMeters(sql: Transaction<Tables>, from: string, to: string): Promise<void> {
  const rows = await sql.selectFrom("meters").select(["id", "spent_nano", "until"]).where("id", "like", `key:${from}%`).execute();
  if (rows.length === 0) return;
  await sql
    .insertInto("meters")
    .values(rows.map((row) => ({ id: row.id.replace(from, to), spent_nano: row.spent_nano, lent_nano: 0, until: row.until })))
    .execute();
}

function durationOf(settings: Fields): string | undefined {
  const value = settings["budget_duration"];
  return typeof value === "string" ? value : undefined;
}
