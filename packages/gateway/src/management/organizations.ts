/** Organizations: made, shown, changed, deleted. Their members stand in organization-members.ts. */

import { GatewayError, nanoOf } from "tollgate/parts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { createWindows } from "../limits/windows.ts";
import { isDuplicate } from "../store/faults.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { endKeys } from "./key-ends.ts";
import { like } from "./key-lists.ts";
import { textOf } from "./key-row.ts";
import { merged, split } from "./merge.ts";
import { findOrganization, visibleOrganizations } from "./organization-access.ts";
import { createOrganizationMembers } from "./organization-members.ts";
import { type OrganizationRow, plainOrganization, shownOrganizations, wholeOrganizations } from "./organization-row.ts";
import { budgetFieldNames, dropOwnBudget, effectiveLimits, noHolder, placeLimits } from "./own-budget.ts";
import type { ManagementParts } from "./parts.ts";
import { keepSpent, type SpentContext, setSpent } from "./spent.ts";
import { changedBy, madeBy } from "./stamps.ts";
import { isSame, refuseLimitsInMetadata } from "./team-bounds.ts";
import { endTeams } from "./team-ends.ts";

type Fields = Readonly<Record<string, unknown>>;

const columnNames: ReadonlySet<string> = new Set(["organization_alias"]);
const elsewhere: ReadonlySet<string> = new Set([...budgetFieldNames, "organization_id"]);

export function createOrganizations(parts: ManagementParts): AreaHandlers<"organizations"> {
  const { database, clock, newId } = parts;
  const { sql } = database;
  const windows = createWindows(parts.timezone);
  const context = (): SpentContext => ({ sql, windows, now: clock.now() });

  async function update(id: string, given: Fields, caller: Caller) {
    const row = await findOrganization(id, caller, "administer", sql);
    const limits = await effectiveLimits(row, sql);
    if (!scopeOf(caller.principal).writes) refuseOwnLimits(given, row, limits);
    const { columns, settings } = split(given, columnNames, elsewhere);
    if (columns["organization_alias"] === null) delete columns["organization_alias"];
    await sql.transaction().execute(async (inside) => {
      const within = { ...context(), sql: inside };
      const holder = { budget_id: row.budget_id, settings: merged(row.settings, settings) };
      const placed = await placeLimits(holder, given, { ...within, newId, caller, always: true });
      await inside
        .updateTable("organizations")
        .set({ ...columns, budget_id: placed.budget_id, settings: JSON.stringify(placed.settings), ...changedBy(caller, clock.now()) })
        .where("organization_id", "=", id)
        .execute();
      const duration = textOf((await effectiveLimits(placed, inside))["budget_duration"]);
      await keepSpent({ level: "organization", id, duration }, textOf(limits["budget_duration"]), undefined, within);
      const entry = { table: "organizations", id, before: plainOrganization(row), after: given };
      await writeAudit(inside, caller, [{ action: "updated", ...entry }]);
    });
    await announce(parts, { people: [`organization:${id}`, "budgets"] });
    return whole(await findOrganization(id, caller, "see", sql), caller);
  }

  async function whole(row: OrganizationRow, caller: Caller) {
    const [shown] = await wholeOrganizations([row], caller, context());
    if (!shown) throw notFound("organization", row.organization_id);
    return shown;
  }

  return {
    ...createOrganizationMembers(parts, context),
    async new(input, caller) {
      if (!scopeOf(caller.principal).writes)
        throw new GatewayError("forbidden", "Only administrators of the gateway may make organizations.", { type: "auth_error" });
      const id = input.organization_id ?? newId();
      const models = input.models ?? input.allowed_models;
      const { columns, settings } = split({ ...input, models }, columnNames, elsewhere);
      const made = await sql.transaction().execute(async (inside) => {
        const within = { ...context(), sql: inside };
        const placed = await placeLimits({ ...noHolder, settings }, input, { ...within, newId, caller, always: true });
        const row = { organization_id: id, organization_alias: input.organization_alias, budget_id: placed.budget_id };
        await inside
          .insertInto("organizations")
          .values({ ...row, settings: JSON.stringify(placed.settings), ...madeBy(caller, clock.now()) })
          .execute()
          .catch((cause: unknown) => {
            throw isDuplicate(cause) ? idTaken(id) : cause;
          });
        await writeAudit(inside, caller, [{ action: "created", table: "organizations", id, after: { ...columns, ...settings } }]);
        const duration = textOf((await effectiveLimits(placed, inside))["budget_duration"]);
        // An organization of this id may have been here before.
        await setSpent({ level: "organization", id, duration }, nanoOf(0), within);
        return inside.selectFrom("organizations").selectAll().where("organization_id", "=", id).executeTakeFirstOrThrow();
      });
      await announce(parts, { people: [`organization:${id}`] });
      const [shown] = await shownOrganizations([made], context());
      if (!shown) throw notFound("organization", id);
      return shown;
    },
    info: async ({ organization_id }, caller) => whole(await findOrganization(organization_id, caller, "see", sql), caller),
    async infoMany({ organizations }, caller) {
      const rows = [];
      for (const id of new Set(organizations)) rows.push(await findOrganization(id, caller, "see", sql));
      return wholeOrganizations(rows, caller, context());
    },
    async list({ org_id, org_alias }, caller) {
      let query = sql
        .selectFrom("organizations")
        .selectAll()
        .where(visibleOrganizations(scopeOf(caller.principal)));
      if (org_id !== undefined) query = query.where("organization_id", "=", org_id);
      if (org_alias) query = query.where("organization_alias", "ilike", like(org_alias));
      const rows = await query.orderBy("created_at", "desc").orderBy("organization_id").execute();
      return wholeOrganizations(rows, caller, context());
    },
    update: ({ organization_id, ...given }, caller) => update(organization_id, given, caller),
    patch: ({ organization_id, ...given }, caller) => update(organization_id, given, caller),
    async delete({ organization_ids }, caller) {
      const rows: OrganizationRow[] = [];
      for (const id of new Set(organization_ids)) rows.push(await findOrganization(id, caller, "gateway", sql));
      const shown = await wholeOrganizations(rows, caller, context());
      const ids = rows.map((row) => row.organization_id);
      const ended = await sql.transaction().execute(async (inside) => {
        const teams = await inside.selectFrom("teams").selectAll().where("organization_id", "in", ids).execute();
        const { people, keys = [] } = await endTeams(inside, teams, caller);
        const others = await inside.selectFrom("keys").selectAll().where("organization_id", "in", ids).execute();
        const ended = await endKeys(inside, others, caller);
        const members = await inside.selectFrom("organization_members").select("user_id").where("organization_id", "in", ids).execute();
        for (const row of rows) await dropOwnBudget(row, inside);
        for (const table of ["organization_members", "organizations"] as const)
          await inside.deleteFrom(table).where("organization_id", "in", ids).execute();
        await writeAudit(
          inside,
          caller,
          rows.map((row) => ({ action: "deleted", table: "organizations", id: row.organization_id, before: plainOrganization(row) })),
        );
        const names = [...ids.map((id) => `organization:${id}`), ...members.map(({ user_id }) => `user:${user_id}`)];
        return { people: [...people, ...names], keys: [...keys, ...ended] };
      });
      await announce(parts, ended);
      return shown;
    },
  };
}

/** Its administrators name and describe it; what it may use and spend is for the gateway's to say. */
function refuseOwnLimits(given: Fields, row: OrganizationRow, limits: Fields): void {
  for (const [field, value] of Object.entries(given)) {
    if (value === undefined || field === "organization_alias" || field === "metadata") continue;
    if (!isSame(value, field === "budget_id" ? row.budget_id : limits[field]))
      throw new GatewayError("forbidden", `'${field}' of an organization is for administrators of the gateway to change.`, {
        param: field,
        type: "auth_error",
        code: "field_not_allowed",
      });
  }
  refuseLimitsInMetadata(given, row.settings);
}

function idTaken(id: string): GatewayError {
  return new GatewayError("conflict", `The organization id '${id}' is taken ('organization_id'). Choose another, or leave it out.`, {
    param: "organization_id",
  });
}
