/** Tags with budgets of their own: made, changed, deleted. */

import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { isDuplicate } from "../store/faults.ts";
import { writeAudit } from "./audit.ts";
import { refuseBoth, requireBudget } from "./budget-row.ts";
import { merged, split } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import type { SpentContext } from "./spent.ts";
import { changedBy, madeBy } from "./stamps.ts";
import { createTagReports } from "./tag-reports.ts";
import { bareTag, shownTags, tagColumns, usedTags } from "./tag-row.ts";

export function createTags(parts: ManagementParts): AreaHandlers<"tags"> {
  const { database, clock, changed } = parts;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql: database.sql, windows, now: clock.now() });
  const made = () => database.sql.selectFrom("tags").selectAll().orderBy("created_at", "desc").orderBy("tag_name");

  async function one(name: string) {
    const [tag] = await shownTags(await made().where("tag_name", "=", name).execute(), context());
    if (!tag) throw notFound("tag", name);
    return tag;
  }

  return {
    ...createTagReports(database.sql),
    async new({ name, ...given }, caller) {
      refuseBoth(given);
      await requireBudget(given.budget_id, database.sql);
      const { columns, settings } = split(given, tagColumns);
      await database.sql.transaction().execute(async (sql) => {
        try {
          await sql
            .insertInto("tags")
            .values({ ...columns, tag_name: name, settings: JSON.stringify(settings), ...madeBy(caller, clock.now()) })
            .execute();
        } catch (cause) {
          if (isDuplicate(cause)) throw taken(name);
          throw cause;
        }
        await writeAudit(sql, caller, [{ action: "created", table: "tags", id: name, after: given }]);
      });
      await changed("people", `tag:${name}`);
      return { message: `Tag ${name} created successfully`, tag: await one(name) };
    },
    async update({ name, ...given }, caller) {
      refuseBoth(given);
      await requireBudget(given.budget_id, database.sql);
      const { columns, settings } = split(given, tagColumns);
      await database.sql.transaction().execute(async (sql) => {
        const before = await sql.selectFrom("tags").selectAll().where("tag_name", "=", name).forUpdate().executeTakeFirst();
        if (!before) throw notFound("tag", name);
        await sql
          .updateTable("tags")
          .set({ ...columns, settings: JSON.stringify(merged(before.settings, settings)), ...changedBy(caller, clock.now()) })
          .where("tag_name", "=", name)
          .execute();
        const plain = { ...before.settings, budget_id: before.budget_id };
        await writeAudit(sql, caller, [{ action: "updated", table: "tags", id: name, before: plain, after: given }]);
      });
      await changed("people", `tag:${name}`);
      return { message: `Tag ${name} updated successfully`, tag: await one(name) };
    },
    async info({ names }) {
      const rows = await made()
        .where("tag_name", "in", [...names])
        .execute();
      const known = new Set(rows.map((row) => row.tag_name));
      const missing = names.find((name) => !known.has(name));
      if (missing !== undefined) throw notFound("tag", missing);
      return Object.fromEntries((await shownTags(rows, context())).map((tag) => [tag.name, tag]));
    },
    async list({ start_date, end_date }) {
      const rows = await made().execute();
      const known = new Set(rows.map((row) => row.tag_name));
      const used = await usedTags(database.sql, { from: start_date, until: end_date });
      return shownTags([...rows, ...used.filter(({ tag }) => !known.has(tag)).map(bareTag)], context());
    },
    async delete({ name }, caller) {
      await database.sql.transaction().execute(async (sql) => {
        const before = await sql.deleteFrom("tags").where("tag_name", "=", name).returningAll().executeTakeFirst();
        if (!before) throw notFound("tag", name);
        await writeAudit(sql, caller, [{ action: "deleted", table: "tags", id: name, before: before.settings }]);
      });
      await changed("people", `tag:${name}`);
      return { message: `Tag ${name} deleted successfully` };
    },
  };
}

function taken(name: string): GatewayError {
  return new GatewayError("conflict", `The tag '${name}' is there already. Change it with /tag/update.`, { param: "name" });
}
