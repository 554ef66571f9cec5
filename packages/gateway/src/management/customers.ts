/** Customers, also called end users: made, changed, blocked, deleted. */

import type { Transaction } from "kysely";
import { GatewayError, nanoOf } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { isDuplicate } from "../store/faults.ts";
import type { Tables } from "../store/tables.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { refuseBoth, requireBudget, resetWarning } from "./budget-row.ts";
import { customerColumns, foundCustomer, readAllCustomers, readCustomers, shownCustomers } from "./customer-row.ts";
import { merged, split } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import { type SpentContext, setSpent } from "./spent.ts";
import { byOf, changedBy, madeBy } from "./stamps.ts";

type Fields = Readonly<Record<string, unknown>>;
const leave: ReadonlySet<string> = new Set(["spend"]);

export function createCustomers(parts: ManagementParts): AreaHandlers<"customers"> {
  const { database, clock } = parts;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql: database.sql, windows, now: clock.now() });
  const told = (ids: readonly string[]): Promise<void> => announce(parts, { people: ids.map((id) => `customer:${id}`) });

  async function one(id: string) {
    const [row] = await shownCustomers([await foundCustomer(database.sql, id)], context());
    if (!row) throw notFound("customer", id);
    return row;
  }

  /** A row for whom there is none yet. */
  async function ensure(sql: Transaction<Tables>, ids: readonly string[], caller: Caller): Promise<void> {
    const rows = ids.map((user_id) => ({ user_id, settings: "{}", ...madeBy(caller, clock.now()) }));
    await sql
      .insertInto("customers")
      .values(rows)
      .onConflict((conflict) => conflict.doNothing())
      .execute();
  }

  async function setBlocked(ids: readonly string[], blocked: boolean, caller: Caller): Promise<void> {
    await database.sql.transaction().execute(async (sql) => {
      await ensure(sql, ids, caller);
      await sql
        .updateTable("customers")
        .set({ blocked, ...changedBy(caller, clock.now()) })
        .where("user_id", "in", [...ids])
        .execute();
      const action = blocked ? "blocked" : "unblocked";
      await writeAudit(
        sql,
        caller,
        ids.map((id) => ({ action, table: "customers", id })),
      );
    });
    await told(ids);
  }

  async function allThere(ids: readonly string[]): Promise<void> {
    const known = new Set((await readCustomers(database.sql, ids)).map((row) => row.user_id));
    for (const id of ids) if (!known.has(id)) throw notFound("customer", id);
  }

  return {
    async new(input, caller) {
      refuseBoth(input);
      await requireBudget(input.budget_id, database.sql);
      const { columns, settings } = split(input, customerColumns, leave);
      const id = input.user_id;
      await database.sql.transaction().execute(async (sql) => {
        try {
          await sql
            .insertInto("customers")
            .values({ ...columns, user_id: id, settings: JSON.stringify(settings), ...madeBy(caller, clock.now()) })
            .execute();
        } catch (cause) {
          if (isDuplicate(cause)) throw taken(id);
          throw cause;
        }
        if (input.spend !== undefined)
          await setSpent({ level: "customer", id, duration: input.budget_duration }, nanoOf(input.spend), { ...context(), sql });
        await writeAudit(sql, caller, [{ action: "created", table: "customers", id, after: { ...columns, ...settings } }]);
      });
      await told([id]);
      return { ...(await one(id)), ...resetWarning(input) };
    },
    async update({ user_id: id, ...given }, caller) {
      refuseBoth(given);
      await requireBudget(given.budget_id, database.sql);
      const before = await foundCustomer(database.sql, id);
      const { columns, settings } = split(given, customerColumns, leave);
      // Who gets a budget of their own leaves the shared one, and the other way round.
      const own: Fields = given.budget_id ? { max_budget: null, budget_duration: null } : {};
      const shared = typeof given.max_budget === "number" ? { budget_id: null } : {};
      await database.sql.transaction().execute(async (sql) => {
        await ensure(sql, [id], caller);
        const now = await sql.selectFrom("customers").select("settings").where("user_id", "=", id).forUpdate().executeTakeFirstOrThrow();
        await sql
          .updateTable("customers")
          .set({
            ...shared,
            ...columns,
            settings: JSON.stringify(merged(now.settings, { ...own, ...settings })),
            ...changedBy(caller, clock.now()),
          })
          .where("user_id", "=", id)
          .execute();
        const { settings: old, ...rest } = before;
        await writeAudit(sql, caller, [
          { action: "updated", table: "customers", id, before: { ...old, ...rest }, after: { ...columns, ...settings } },
        ]);
      });
      await told([id]);
      return one(id);
    },
    info: ({ end_user_id }) => one(end_user_id),
    list: async () => shownCustomers(await readAllCustomers(database.sql), context()),
    async delete({ user_ids }, caller) {
      const ids = [...new Set(user_ids)];
      await allThere(ids);
      await database.sql.transaction().execute(async (sql) => {
        const rows = await sql.selectFrom("customers").selectAll().where("user_id", "in", ids).execute();
        const plain = new Map<string, Fields>(rows.map(({ settings, ...columns }) => [columns.user_id, { ...settings, ...columns }]));
        await sql.deleteFrom("customers").where("user_id", "in", ids).execute();
        await sql.deleteFrom("deleted").where("kind", "=", "customer").where("id", "in", ids).execute();
        await sql
          .insertInto("deleted")
          .values(
            ids.map((id) => ({ kind: "customer", id, deleted_by: byOf(caller), row: JSON.stringify(plain.get(id) ?? { user_id: id }) })),
          )
          .execute();
        await writeAudit(
          sql,
          caller,
          ids.map((id) => ({ action: "deleted", table: "customers", id, before: plain.get(id) })),
        );
      });
      await told(ids);
      return { deleted_customers: ids.length, message: `Successfully deleted customers with ids: ${ids.slice(0, 20).join(", ")}` };
    },
    async block({ user_ids }, caller) {
      const ids = [...new Set(user_ids)];
      await setBlocked(ids, true, caller);
      return { blocked_users: await shownCustomers(await readCustomers(database.sql, ids), context()) };
    },
    async unblock({ user_ids }, caller) {
      const ids = [...new Set(user_ids)];
      await allThere(ids);
      await setBlocked(ids, false, caller);
      const still = await database.sql.selectFrom("customers").select("user_id").where("blocked", "=", true).orderBy("user_id").execute();
      return { blocked_users: still.map((row) => row.user_id) };
    },
  };
}

function taken(id: string): GatewayError {
  return new GatewayError("conflict", `The customer '${id}' is there already. Change it with /customer/update.`, { param: "user_id" });
}
