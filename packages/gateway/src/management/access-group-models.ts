/** Access groups that stand on models themselves, in `model_info.access_groups`: read of all models, changed on those of the database. */

import type { Transaction } from "kysely";
import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers, Caller } from "../http/admin-routes.ts";
import type { Tables } from "../store/tables.ts";
import { groupSpend, readGroupBudgets } from "./access-group-budget.ts";
import { groupsOfModels } from "./access-group-members.ts";
import { writeAudit } from "./audit.ts";
import { listOf } from "./limited-row.ts";
import type { ModelParts } from "./model-parts.ts";
import { requireStore } from "./model-row.ts";
import type { ManagementParts } from "./parts.ts";
import { changedBy } from "./stamps.ts";

type ModelGroups = Pick<
  AreaHandlers<"accessGroups">,
  "newOfModels" | "listOfModels" | "infoOfModels" | "updateOfModels" | "deleteOfModels"
>;
interface Wanted {
  readonly model_names?: readonly string[];
  readonly model_ids?: readonly string[];
}

export function createModelGroups(parts: ManagementParts, around: ModelParts): ModelGroups {
  const { database, clock, changed } = parts;

  /** Exactly these models of the database are in the group afterwards. */
  async function setMembers(group: string, wanted: (row: { id: string; name: string }) => boolean, caller: Caller): Promise<number> {
    requireStore(around);
    const count = await database.sql.transaction().execute(async (sql) => {
      const rows = await sql
        .selectFrom("models")
        .select(["model_id", "model_name", "model_info"])
        .orderBy("model_id")
        .forUpdate()
        .execute();
      let members = 0;
      for (const { model_id: id, model_name: name, model_info: info } of rows) {
        const groups = listOf(info["access_groups"]);
        const belongs = wanted({ id, name });
        if (belongs) members += 1;
        if (belongs === groups.includes(group)) continue;
        const next = belongs ? [...groups, group] : groups.filter((each) => each !== group);
        await write(sql, id, { ...info, access_groups: next }, caller);
      }
      await writeAudit(sql, caller, [{ action: "updated", table: "models", id: group, after: { access_group: group, models: members } }]);
      return members;
    });
    await changed("models", `access_group:${group}`);
    await changed("people", "access_groups");
    return count;
  }

  async function write(sql: Transaction<Tables>, id: string, info: object, caller: Caller): Promise<void> {
    await sql
      .updateTable("models")
      .set({ model_info: JSON.stringify(info), ...changedBy(caller, clock.now()) })
      .where("model_id", "=", id)
      .execute();
  }

  /** Throws bad_request for names that no model of the database has. */
  function pickerOf({ model_names: names = [], model_ids: ids = [] }: Wanted): (row: { id: string; name: string }) => boolean {
    if (names.length === 0 && ids.length === 0)
      throw new GatewayError("bad_request", "Name at least one model, in 'model_names' or 'model_ids'.", { param: "model_names" });
    for (const id of ids) if (!around.models.stored.some((each) => each.id === id)) throw noSuch("model_ids", id);
    for (const name of names) if (!around.models.stored.some((each) => each.name === name)) throw noSuch("model_names", name);
    // Ids say it more exactly than names.
    return ids.length > 0 ? ({ id }) => ids.includes(id) : ({ name }) => names.includes(name);
  }

  async function told(group: string, caller: Caller) {
    const found = groupsOfModels(around, caller).get(group);
    if (!found) throw notFound("access group", group);
    const budgets = await readGroupBudgets(database.sql);
    return {
      access_group: group,
      model_names: [...found.names],
      deployment_count: found.count,
      spend: await groupSpend([...found.names], database.sql),
      budget: budgets[group] ?? null,
    };
  }

  return {
    async newOfModels({ access_group: group, ...wanted }, caller) {
      const picks = pickerOf(wanted);
      if (groupsOfModels(around, caller).has(group))
        throw new GatewayError(
          "conflict",
          `The access group '${group}' is there already. Change it with PUT /access_group/${group}/update.`,
          {
            param: "access_group",
          },
        );
      return { access_group: group, ...wanted, models_updated: await setMembers(group, picks, caller) };
    },
    async listOfModels(_input, caller) {
      const names = [...groupsOfModels(around, caller).keys()].sort();
      return { access_groups: await Promise.all(names.map((name) => told(name, caller))) };
    },
    infoOfModels: ({ access_group: group }, caller) => told(group, caller),
    async updateOfModels({ access_group: group, ...wanted }, caller) {
      const picks = pickerOf(wanted);
      if (!groupsOfModels(around, caller).has(group)) throw notFound("access group", group);
      return { access_group: group, ...wanted, models_updated: await setMembers(group, picks, caller) };
    },
    async deleteOfModels({ access_group: group }, caller) {
      if (!groupsOfModels(around, caller).has(group)) throw notFound("access group", group);
      const had = around.models.stored.filter((each) => listOf(each.info["access_groups"]).includes(group)).length;
      if (had === 0)
        throw new GatewayError("bad_request", `The access group '${group}' stands on models of the config file: take it out there.`, {
          param: "access_group",
        });
      await setMembers(group, () => false, caller);
      return { access_group: group, models_updated: had, message: `Access group '${group}' deleted successfully` };
    },
  };
}

function noSuch(field: string, name: string): GatewayError {
  return new GatewayError(
    "bad_request",
    `'${name}' in '${field}' is no model of the database. Models of the file get their groups in the file.`,
    {
      param: field,
    },
  );
}
