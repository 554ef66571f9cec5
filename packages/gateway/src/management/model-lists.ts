/** All models by page, those of the file and of the database, those not in force too: /v2/model/info. */

import type { contract, InputOf } from "@tollgate/admin";
import type { Principal } from "../access/principal.ts";
import { scopeOf } from "../access/scope.ts";
import { visibleTo } from "../access/visible-models.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { type ShownModel, shownDeployment, shownStored } from "../models/shown-model.ts";
import type { StoredModel } from "../models/stored-model.ts";
import type { ModelParts } from "./model-parts.ts";

type Query = InputOf<(typeof contract.models)["infoV2"]>;

export function createModelLists(parts: ModelParts): Pick<AreaHandlers<"models">, "infoV2"> {
  return {
    async infoV2(input, { principal }) {
      const rows = sorted(
        seenBy(principal, parts).filter((row) => fits(row, input, principal)),
        input,
      );
      const from = (input.page - 1) * input.size;
      return {
        data: rows.slice(from, from + input.size),
        total_count: rows.length,
        current_page: input.page,
        total_pages: Math.ceil(rows.length / input.size),
        size: input.size,
      };
    },
  };
}

function seenBy(who: Principal, { house, models, teamModels }: ModelParts): readonly ShownModel[] {
  const { deployments } = house.router.routes;
  const sees = scopeOf(who).all ? () => true : visibleTo(who, teamModels());
  const running = deployments.filter((each) => sees(each.group)).map(shownDeployment);
  const ids = new Set(deployments.map(({ id }) => id));
  const teams = new Set([...(who.adminOfTeams ?? []), ...(who.memberOfTeams ?? []), who.teamId]);
  const isSeen = ({ name, teamId }: StoredModel): boolean => (teamId === undefined ? sees(name) : teams.has(teamId) || scopeOf(who).all);
  return [...running, ...models.stored.filter((each) => !ids.has(each.id) && isSeen(each)).map(shownStored)];
}

function fits({ model_name: name, model_info: info, litellm_params: params }: ShownModel, asked: Query, who: Principal): boolean {
  const search = asked.search?.toLowerCase() ?? "";
  const groups = Array.isArray(info["access_groups"]) ? (info["access_groups"] as unknown[]) : [];
  return (
    (asked.model === undefined || name === asked.model) &&
    (asked.modelId === undefined || info.id === asked.modelId) &&
    (asked.teamId === undefined || info["team_id"] === asked.teamId) &&
    (search === "" || name.toLowerCase().includes(search) || String(params["model"]).toLowerCase().includes(search)) &&
    (asked.access_group === undefined || groups.includes(asked.access_group)) &&
    (asked.include_team_models !== false || info["team_id"] === undefined) &&
    (asked.user_models_only !== true || info["created_by"] === (who.userId ?? who.name)) &&
    (asked.wildcard_only !== true || name.includes("*")) &&
    (asked.exclude_auto_routers !== true || !String(params["model"]).startsWith("auto_router/"))
  );
}

function sorted(rows: readonly ShownModel[], { sortBy, sortOrder }: Query): readonly ShownModel[] {
  if (sortBy === undefined) return rows;
  const way = sortOrder === "desc" ? -1 : 1;
  const key = sortKeys[sortBy];
  return rows.toSorted((one, other) => {
    const [a, b] = [key(one), key(other)];
    return (a < b ? -1 : a > b ? 1 : 0) * way;
  });
}

const sortKeys: { readonly [Name in NonNullable<Query["sortBy"]>]: (row: ShownModel) => string | number } = {
  model_name: ({ model_name: name }) => name.toLowerCase(),
  created_at: ({ model_info: info }) => String(info["created_at"] ?? ""),
  updated_at: ({ model_info: info }) => String(info["updated_at"] ?? ""),
  costs: ({ model_info: info }) => Number(info["input_cost_per_token"] ?? 0) + Number(info["output_cost_per_token"] ?? 0),
  status: ({ model_info: info }) => (info.db_model ? 1 : 0),
};
