/** Budgets that keys, users, teams, members, customers and tags share. */

import type { Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { isDuplicate } from "../store/faults.ts";
import type { Tables } from "../store/tables.ts";
import { writeAudit } from "./audit.ts";
import { type BudgetRow, resetWarning, shownBudget } from "./budget-row.ts";
import { merged } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import { changedBy, madeBy } from "./stamps.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Tables whose rows may share a budget. */
const sharing = [
  "keys",
  "users",
  "teams",
  "team_members",
  "organizations",
  "organization_members",
  "projects",
  "customers",
  "tags",
] as const;

export function createBudgets(parts: ManagementParts): AreaHandlers<"budgets"> {
  const { database, clock, changed, newId } = parts;
  const windows = createWindows(parts.timezone);
  const shown = (row: BudgetRow) => shownBudget(row, { windows, now: clock.now() });
  const all = () => database.sql.selectFrom("budgets").selectAll().orderBy("created_at", "desc").orderBy("budget_id");

  async function add({ budget_id: id = newId(), ...given }: { readonly budget_id?: string } & Fields, caller: Caller) {
    const row = { budget_id: id, settings: given, ...madeBy(caller, clock.now()) };
    await database.sql.transaction().execute(async (sql) => {
      try {
        await sql
          .insertInto("budgets")
          .values({ ...row, settings: JSON.stringify(given) })
          .execute();
      } catch (cause) {
        if (isDuplicate(cause)) throw taken(id);
        throw cause;
      }
      await writeAudit(sql, caller, [{ action: "created", table: "budgets", id, after: given }]);
    });
    return { ...shown(row), ...resetWarning(given) };
  }

  async function update({ budget_id: id, ...given }: { readonly budget_id: string } & Fields, caller: Caller) {
    const row = await database.sql.transaction().execute(async (sql) => {
      const before = await found(sql, id);
      const settings = merged(before.settings, given);
      const stamps = changedBy(caller, clock.now());
      await sql
        .updateTable("budgets")
        .set({ settings: JSON.stringify(settings), ...stamps })
        .where("budget_id", "=", id)
        .execute();
      await writeAudit(sql, caller, [{ action: "updated", table: "budgets", id, before: before.settings, after: given }]);
      return { ...before, ...stamps, settings };
    });
    await changed("people", "budgets");
    return { ...shown(row), ...resetWarning(given) };
  }

  return {
    new: add,
    update,
    async info({ budgets }) {
      const rows = await all()
        .where("budget_id", "in", [...budgets])
        .execute();
      if (rows.length === 0) throw notFound("budget", budgets[0] ?? "");
      return rows.map(shown);
    },
    async settings({ budget_id }) {
      const row = await found(database.sql, budget_id);
      return Object.entries(described).map(([name, [type, about]]) => ({
        field_name: name,
        field_type: type,
        field_description: about,
        field_value: row.settings[name] ?? null,
        stored_in_db: row.settings[name] !== undefined,
        field_default_value: null,
      }));
    },
    list: async () => (await all().execute()).map(shown),
    async listByPage({ page, page_size: size }) {
      const { count } = await database.sql
        .selectFrom("budgets")
        .select((each) => each.fn.countAll().as("count"))
        .executeTakeFirstOrThrow();
      const rows = await all()
        .limit(size)
        .offset((page - 1) * size)
        .execute();
      const last = Math.max(1, Math.ceil(Number(count) / size));
      const link = (to: number): string => `/management/v1/budgets?page=${to}&page_size=${size}`;
      return {
        data: rows.map(shown),
        meta: { total_count: Number(count), page, page_size: size, total_pages: Math.ceil(Number(count) / size) },
        links: {
          self: link(page),
          first: link(1),
          last: link(last),
          prev: page > 1 ? link(page - 1) : null,
          next: page < last ? link(page + 1) : null,
        },
      };
    },
    async delete({ id }, caller) {
      const row = await database.sql.transaction().execute(async (sql) => {
        const before = await found(sql, id);
        for (const table of sharing)
          await sql
            .updateTable(table)
            .set({ budget_id: null } as never)
            .where("budget_id" as never, "=", id as never)
            .execute();
        await sql.deleteFrom("budgets").where("budget_id", "=", id).execute();
        await writeAudit(sql, caller, [{ action: "deleted", table: "budgets", id, before: before.settings }]);
        return before;
      });
      await changed("people", "budgets");
      return shown(row);
    },
    // `provider_budget_config` of the router is not in force yet: nobody has one.
    ofProviders: async () => ({ providers: {} }),
  };
}

async function found(sql: Pick<Transaction<Tables>, "selectFrom">, id: string): Promise<BudgetRow> {
  const row = await sql.selectFrom("budgets").selectAll().where("budget_id", "=", id).forUpdate().executeTakeFirst();
  if (!row) throw notFound("budget", id);
  return row;
}

function taken(id: string): GatewayError {
  return new GatewayError("conflict", `The budget id '${id}' is taken. Choose another, or change that budget with /budget/update.`, {
    param: "budget_id",
  });
}

const described: Readonly<Record<string, readonly [type: string, about: string]>> = {
  max_budget: ["Float", "US dollars that may be spent in one window."],
  soft_budget: ["Float", "US dollars after which a warning is given; calls go on."],
  max_parallel_requests: ["Integer", "Calls at the same time."],
  tpm_limit: ["Integer", "Tokens a minute."],
  rpm_limit: ["Integer", "Requests a minute."],
  tpd_limit: ["Integer", "Tokens a day."],
  budget_duration: ["String", "How long a window is: 30s, 30m, 30h, 30d, 1mo. Without one a budget is for ever."],
  model_max_budget: ["Object", "Budgets for single models."],
};
