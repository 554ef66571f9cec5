/** Changes of teams that are there: updated, blocked, deleted; their models and permissions. */

import { GatewayError } from "tollgate/parts";
import { scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import { announce } from "./announce.ts";
import { writeAudit } from "./audit.ts";
import { textOf } from "./key-row.ts";
import { listOf } from "./limited-row.ts";
import { merged, split } from "./merge.ts";
import type { ManagementParts } from "./parts.ts";
import { keepSpent, type SpentContext } from "./spent.ts";
import { changedBy } from "./stamps.ts";
import { findTeam, isAtLeast, type Rank, rankIn, type TeamRow, unknownTeam } from "./team-access.ts";
import { refuseBeyondOrganization, refuseWidening } from "./team-bounds.ts";
import { endTeams } from "./team-ends.ts";
import { ownTeamFields, teamColumns } from "./team-fields.ts";
import { plainTeam, type ShownTeam, shownTeams, withoutSecrets } from "./team-row.ts";

type Fields = Readonly<Record<string, unknown>>;
type Changes = Pick<AreaHandlers<"teams">, "update" | "patch" | "delete" | "block" | "unblock" | "modelAdd" | "modelDelete">;

/** Kept by a team that lost its last model: an empty list would let it use all. */
const NO_MODELS = "no-default-models";

export function createTeamChanges(parts: ManagementParts, context: () => SpentContext): Changes {
  const { database, clock } = parts;

  const update = async (id: string, given: Fields, caller: Caller): Promise<ShownTeam> => {
    const row = await findTeam(id, caller, "admin", database.sql);
    const { columns, settings } = split(given, teamColumns, ownTeamFields);
    if (columns["blocked"] === null) delete columns["blocked"];
    const after = merged(row.settings, settings);
    if (!isAtLeast(rankIn(scopeOf(caller.principal), row), "organization")) refuseWidening(given, row);
    await refuseMoving(row, columns["organization_id"], caller);
    const organization = columns["organization_id"] === undefined ? row.organization_id : textOf(columns["organization_id"]);
    if (organization) await refuseBeyondOrganization(organization, after, parts);
    await write(row, { columns, settings: after, spend: given["spend"] }, caller);
    return shownTeam(id, caller, parts, context());
  };

  async function write(
    row: TeamRow,
    { columns, settings, spend }: { columns: Fields; settings: Fields; spend?: unknown },
    caller: Caller,
  ): Promise<void> {
    await database.sql.transaction().execute(async (sql) => {
      await sql
        .updateTable("teams")
        .set({ ...columns, settings: JSON.stringify(settings), ...changedBy(caller, clock.now()) })
        .where("team_id", "=", row.team_id)
        .execute();
      const spender = { level: "team" as const, id: row.team_id, duration: textOf(settings["budget_duration"]) };
      await keepSpent(spender, textOf(row.settings["budget_duration"]), spend, { ...context(), sql });
      const after = { ...columns, ...withoutSecrets(settings) };
      await writeAudit(sql, caller, [{ action: "updated", table: "teams", id: row.team_id, before: plainTeam(row), after }]);
    });
    await announce(parts, { people: [`team:${row.team_id}`] });
  }

  async function setBlocked(id: string, blocked: boolean, caller: Caller): Promise<ShownTeam> {
    // Those whom a block is to stop must not lift it.
    const needed: Rank = blocked ? "admin" : "organization";
    const row = await findTeam(id, caller, needed, database.sql);
    await database.sql.transaction().execute(async (sql) => {
      await sql
        .updateTable("teams")
        .set({ blocked, ...changedBy(caller, clock.now()) })
        .where("team_id", "=", row.team_id)
        .execute();
      await writeAudit(sql, caller, [{ action: blocked ? "blocked" : "unblocked", table: "teams", id: row.team_id }]);
    });
    await announce(parts, { people: [`team:${id}`] });
    return shownTeam(id, caller, parts, context());
  }

  async function setModels(id: string, needed: Rank, change: (models: readonly string[]) => string[], caller: Caller): Promise<ShownTeam> {
    const row = await findTeam(id, caller, needed, database.sql);
    const settings = { ...row.settings, models: change(listOf(row.settings["models"])) };
    if (row.organization_id) await refuseBeyondOrganization(row.organization_id, settings, parts);
    await write(row, { columns: {}, settings }, caller);
    return shownTeam(id, caller, parts, context());
  }

  return {
    async update({ team_id, ...given }, caller) {
      return { team_id, data: await update(team_id, given, caller) };
    },
    patch: ({ team_id, ...given }, caller) => update(team_id, given, caller),
    async delete({ team_ids }, caller) {
      const rows: TeamRow[] = [];
      for (const id of new Set(team_ids)) rows.push(await findTeam(id, caller, "admin", database.sql));
      const shown = await shownTeams(rows, scopeOf(caller.principal), context());
      const ended = await database.sql.transaction().execute((sql) => endTeams(sql, rows, caller));
      await announce(parts, ended);
      return { deleted_teams: shown };
    },
    block: ({ team_id }, caller) => setBlocked(team_id, true, caller),
    unblock: ({ team_id }, caller) => setBlocked(team_id, false, caller),
    modelAdd: ({ team_id, models }, caller) =>
      setModels(
        team_id,
        "organization",
        (before) => [...new Set([...before.filter((model) => model !== NO_MODELS), ...models])].filter((model) => model !== ""),
        caller,
      ),
    modelDelete: ({ team_id, models }, caller) =>
      setModels(
        team_id,
        "admin",
        (before) => {
          const left = before.filter((model) => !models.includes(model));
          return left.length === 0 && before.length > 0 ? [NO_MODELS] : left;
        },
        caller,
      ),
  };
}

export async function shownTeam(id: string, caller: Caller, { database }: ManagementParts, context: SpentContext): Promise<ShownTeam> {
  const rows = await database.sql.selectFrom("teams").selectAll().where("team_id", "=", id).execute();
  const [shown] = await shownTeams(rows, scopeOf(caller.principal), context);
  if (!shown) throw unknownTeam(id);
  return shown;
}

/** Out of an organization and into one: only by who administers both. */
async function refuseMoving(row: TeamRow, wanted: unknown, { principal }: Caller): Promise<void> {
  if (wanted === undefined || wanted === row.organization_id) return;
  const scope = scopeOf(principal);
  if (scope.writes || (typeof wanted === "string" && scope.adminOrganizations.includes(wanted))) return;
  throw new GatewayError("forbidden", "A team is moved to another organization by who administers both. Ask an administrator.", {
    param: "organization_id",
    type: "auth_error",
  });
}
