/** Models in the database: added, changed, blocked, deleted; in force at once. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import { notFound, scopeOf } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import type { Settings, StoredModel } from "../models/stored-model.ts";
import type { Database } from "../store/database.ts";
import { isDuplicate } from "../store/faults.ts";
import { writeAudit } from "./audit.ts";
import { merged } from "./merge.ts";
import { checkDraft } from "./model-draft.ts";
import { createModelLists } from "./model-lists.ts";
import type { ModelParts } from "./model-parts.ts";
import { foundModel, mayChange, ownInfo, plainModel, requireStore, shownRow } from "./model-row.ts";
import type { ManagementParts } from "./parts.ts";
import { changedBy, madeBy } from "./stamps.ts";

type New = InputOf<(typeof contract.models)["new"]>;
type Given = Omit<InputOf<(typeof contract.models)["patch"]>, "model_id">;

export function createModelHandlers(parts: ManagementParts, around: ModelParts): AreaHandlers<"models"> {
  const { database, clock, changed } = parts;

  async function add(input: New, caller: Caller) {
    requireStore(around);
    const info = ownInfo(input.model_info);
    const given = input.model_info?.["id"];
    const id = typeof given === "string" && given !== "" ? given.slice(0, 500) : parts.newId();
    const teamId = await teamFor(info, input.model_name, caller, database.sql);
    const params = input.litellm_params as Settings;
    checkDraft({ name: input.model_name, params, given: params }, caller, around);
    if (around.models.file.rows.some((row) => row.model_info?.["id"] === id)) throw idTaken(id);
    const encryption = await around.secrets();
    const stamps = madeBy(caller, clock.now());
    const model: StoredModel = { id, name: input.model_name, params, info, teamId, blocked: input.blocked ?? false, ...stamps };
    await database.sql.transaction().execute(async (sql) => {
      try {
        await sql
          .insertInto("models")
          .values({ model_id: id, ...columnsOf(model), litellm_params: encryption.encryptJson(params), ...stamps })
          .execute();
      } catch (cause) {
        if (isDuplicate(cause)) throw idTaken(id);
        throw cause;
      }
      await writeAudit(sql, caller, [{ action: "created", table: "models", id, after: plainModel(model) }]);
    });
    await changed("models", id);
    return shownRow(model);
  }

  async function update(id: string, given: Given, caller: Caller) {
    requireStore(around);
    const encryption = await around.secrets();
    const after = await database.sql.transaction().execute(async (sql) => {
      const before = await foundModel(id, caller, { sql, encryption, parts: around });
      const info = merged(before.info, ownInfo(given.model_info));
      const name = given.model_name ?? before.name;
      const wanted = given.model_info?.["team_id"];
      if (wanted !== undefined && wanted !== before.teamId && !scopeOf(caller.principal).writes) throw notMovable();
      const teamId = wanted === undefined ? before.teamId : await teamFor(info, name, caller, sql);
      // A renamed model is renamed for its team, too.
      if (given.model_name !== undefined && given.model_info?.["team_public_model_name"] === undefined)
        delete info["team_public_model_name"];
      const params = merged(before.params, given.litellm_params ?? {}) as unknown as Settings;
      if (given.litellm_params) checkDraft({ name, params, given: given.litellm_params, before: before.params }, caller, around);
      const stamps = changedBy(caller, clock.now());
      const model: StoredModel = { ...before, name, params, info, teamId, blocked: given.blocked ?? before.blocked, ...stamps };
      await sql
        .updateTable("models")
        .set({ ...columnsOf(model), litellm_params: encryption.encryptJson(params), ...stamps })
        .where("model_id", "=", id)
        .execute();
      await writeAudit(sql, caller, [
        {
          action: "updated",
          table: "models",
          id,
          before: plainModel(before),
          after: { ...plainModel(model), changed: Object.keys(given) },
        },
      ]);
      return model;
    });
    await changed("models", id);
    return shownRow(after);
  }

  async function setBlocked(input: { readonly model_id?: string; readonly id?: string }, blocked: boolean, caller: Caller) {
    requireStore(around);
    const id = input.model_id ?? input.id ?? "";
    const encryption = await around.secrets();
    const model = await database.sql.transaction().execute(async (sql) => {
      const before = await foundModel(id, caller, { sql, encryption, parts: around });
      const stamps = changedBy(caller, clock.now());
      await sql
        .updateTable("models")
        .set({ blocked, ...stamps })
        .where("model_id", "=", id)
        .execute();
      await writeAudit(sql, caller, [{ action: blocked ? "blocked" : "unblocked", table: "models", id }]);
      return { ...before, blocked, ...stamps };
    });
    await changed("models", id);
    return shownRow(model);
  }

  return {
    ...createModelLists(around),
    new: add,
    update: ({ model_info, ...given }, caller) => update(String(model_info?.["id"] ?? ""), { ...given, model_info }, caller),
    patch: ({ model_id, ...given }, caller) => update(model_id, given, caller),
    block: (input, caller) => setBlocked(input, true, caller),
    unblock: (input, caller) => setBlocked(input, false, caller),
    async delete({ id }, caller) {
      requireStore(around);
      const encryption = await around.secrets();
      await database.sql.transaction().execute(async (sql) => {
        const before = await foundModel(id, caller, { sql, encryption, parts: around });
        await sql.deleteFrom("models").where("model_id", "=", id).execute();
        await writeAudit(sql, caller, [{ action: "deleted", table: "models", id, before: plainModel(before) }]);
      });
      await changed("models", id);
      return { message: `Model: ${id} deleted successfully` };
    },
  };
}

function columnsOf(model: StoredModel) {
  return {
    model_name: model.name,
    model_info: JSON.stringify(model.info),
    team_id: model.teamId ?? null,
    blocked: model.blocked,
  };
}

/** Whose model it becomes. Throws forbidden, not_found, bad_request. */
async function teamFor(
  info: Readonly<Record<string, unknown>>,
  name: string,
  caller: Caller,
  sql: Pick<Database["sql"], "selectFrom">,
): Promise<string | undefined> {
  const teamId = info["team_id"];
  if (typeof teamId !== "string" || teamId === "") {
    if (scopeOf(caller.principal).writes) return undefined;
    throw new GatewayError("forbidden", "You may add models to teams of yours only: name one in model_info.team_id.", {
      param: "model_info.team_id",
      type: "auth_error",
    });
  }
  if (!mayChange(caller, teamId)) throw notFound("team", teamId);
  const team = await sql.selectFrom("teams").select("team_id").where("team_id", "=", teamId).executeTakeFirst();
  if (!team) throw notFound("team", teamId);
  if (name.includes("*"))
    throw new GatewayError("bad_request", "A team's own model needs a name without *: add one model for each name.", {
      param: "model_name",
    });
  return teamId;
}

function idTaken(id: string): GatewayError {
  return new GatewayError("conflict", `The model id '${id}' is taken. Choose another, or leave model_info.id out and one is made.`, {
    param: "model_info.id",
  });
}

function notMovable(): GatewayError {
  return new GatewayError("forbidden", "Only an administrator may give a model to another team.", {
    param: "model_info.team_id",
    type: "auth_error",
  });
}
