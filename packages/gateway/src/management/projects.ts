/** Projects, which stand between teams and keys: made, shown, changed, deleted. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError, nanoOf } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { isDuplicate } from "../store/faults.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { textOf } from "./key-row.ts";
import { merged, split } from "./merge.ts";
import { budgetFieldNames, dropOwnBudget, effectiveLimits, noHolder, placeLimits } from "./own-budget.ts";
import type { ManagementParts } from "./parts.ts";
import { findProject, visibleProjects } from "./project-access.ts";
import { type ProjectRow, plainProject, shownProjects } from "./project-row.ts";
import { keepSpent, type SpentContext, setSpent } from "./spent.ts";
import { changedBy, madeBy } from "./stamps.ts";
import { findTeam } from "./team-access.ts";

type Update = InputOf<(typeof contract.projects)["update"]>;

const columnNames: ReadonlySet<string> = new Set(["project_alias", "team_id", "blocked"]);
const elsewhere: ReadonlySet<string> = new Set([...budgetFieldNames, "project_id"]);

export function createProjects(parts: ManagementParts): AreaHandlers<"projects"> {
  const { database, clock, newId } = parts;
  const { sql } = database;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql, windows, now: clock.now() });

  async function shown(id: string) {
    const rows = await sql.selectFrom("projects").selectAll().where("project_id", "=", id).execute();
    const [project] = await shownProjects(rows, context());
    if (!project) throw notFound("project", id);
    return project;
  }

  async function write(row: ProjectRow, input: Update, caller: Caller): Promise<void> {
    const id = row.project_id;
    const { columns, settings } = split({ ...input, models: modelsOf(input) }, columnNames, elsewhere);
    const before = textOf((await effectiveLimits(row, sql))["budget_duration"]);
    await sql.transaction().execute(async (inside) => {
      const within = { ...context(), sql: inside };
      const holder = { budget_id: row.budget_id, settings: merged(row.settings, settings) };
      const placed = await placeLimits(holder, input, { ...within, newId, caller, always: false });
      await inside
        .updateTable("projects")
        .set({ ...columns, budget_id: placed.budget_id, settings: JSON.stringify(placed.settings), ...changedBy(caller, clock.now()) })
        .where("project_id", "=", id)
        .execute();
      const duration = textOf((await effectiveLimits(placed, inside))["budget_duration"]);
      await keepSpent({ level: "project", id, duration }, before, undefined, within);
      await writeAudit(inside, caller, [{ action: "updated", table: "projects", id, before: plainProject(row), after: input }]);
    });
    await announce(parts, { people: [`project:${id}`, "budgets"] });
  }

  return {
    async new(input, caller) {
      await findTeam(input.team_id, caller, "admin", sql);
      const id = input.project_id ?? newId();
      const { columns, settings } = split({ ...input, models: modelsOf(input) }, columnNames, elsewhere);
      await sql.transaction().execute(async (inside) => {
        const within = { ...context(), sql: inside };
        const placed = await placeLimits({ ...noHolder, settings }, input, { ...within, newId, caller, always: false });
        const limits = { budget_id: placed.budget_id, settings: JSON.stringify(placed.settings) };
        await inside
          .insertInto("projects")
          .values({ ...columns, project_id: id, ...limits, ...madeBy(caller, clock.now()) })
          .execute()
          .catch((cause: unknown) => {
            throw isDuplicate(cause) ? idTaken(id) : cause;
          });
        await writeAudit(inside, caller, [{ action: "created", table: "projects", id, after: { ...columns, ...settings } }]);
        const duration = textOf((await effectiveLimits(placed, inside))["budget_duration"]);
        // A project of this id may have been here before.
        await setSpent({ level: "project", id, duration }, nanoOf(0), within);
      });
      await announce(parts, { people: [`project:${id}`] });
      return shown(id);
    },
    async update(input, caller) {
      const row = await findProject(input.project_id, caller, "admin", sql);
      if (input.team_id !== undefined && input.team_id !== row.team_id) await findTeam(input.team_id, caller, "admin", sql);
      await write(row, input, caller);
      return shown(row.project_id);
    },
    async info({ project_id }, caller) {
      const [project] = await shownProjects([await findProject(project_id, caller, "member", sql)], context());
      if (!project) throw notFound("project", project_id);
      return project;
    },
    list: async (_input, caller) => shownProjects(await visibleProjects(caller, sql), context()),
    async delete({ project_ids }, caller) {
      const rows: ProjectRow[] = [];
      for (const id of new Set(project_ids)) rows.push(await findProject(id, caller, "admin", sql));
      const ids = rows.map(({ project_id }) => project_id);
      const told = await shownProjects(rows, context());
      await sql.transaction().execute(async (inside) => {
        const key = await inside.selectFrom("keys").select("project_id").where("project_id", "in", ids).executeTakeFirst();
        if (key) throw hasKeys(key.project_id ?? "");
        for (const row of rows) await dropOwnBudget(row, inside);
        await inside.deleteFrom("projects").where("project_id", "in", ids).execute();
        const entries = rows.map((row) => ({
          action: "deleted" as const,
          table: "projects",
          id: row.project_id,
          before: plainProject(row),
        }));
        await writeAudit(inside, caller, entries);
      });
      await announce(parts, { people: ids.map((id) => `project:${id}`) });
      return told;
    },
  };
}

/** LiteLLM has two names for what a project may use. */
function modelsOf({ models, allowed_models }: { readonly models?: string[] | null; readonly allowed_models?: string[] | null }) {
  return models === undefined ? allowed_models : models;
}

function hasKeys(id: string): GatewayError {
  return new GatewayError("bad_request", `The project '${id}' still has keys. Delete them, or move them to another project, first.`, {
    param: "project_ids",
  });
}

function idTaken(id: string): GatewayError {
  return new GatewayError("conflict", `The project id '${id}' is taken ('project_id'). Choose another, or leave it out and one is made.`, {
    param: "project_id",
  });
}
