/** Access groups: names for sets of models that keys and teams may use. The newer form stands under /v1/access_group. */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { stamp } from "./replies.ts";
import { clearable, optional } from "./shapes.ts";
import { duration, money, name, names, text } from "./values.ts";

const { get, post, put, remove } = rowsOf("access groups");

/** Those of MCP servers and agents wait for what they name. */
const storedOnly = ["access_mcp_server_ids", "access_agent_ids"] as const;

const settings = {
  access_group_name: name,
  description: text,
  access_model_names: names,
  access_mcp_server_ids: names,
  access_agent_ids: names,
  assigned_team_ids: names,
  assigned_key_ids: names,
};
const group = z.looseObject({
  access_group_id: z.string(),
  access_group_name: z.string(),
  description: z.string().nullish(),
  access_model_names: z.array(z.string()),
  access_mcp_server_ids: z.array(z.string()),
  access_agent_ids: z.array(z.string()),
  assigned_team_ids: z.array(z.string()),
  assigned_key_ids: z.array(z.string()),
  created_at: stamp,
  updated_at: stamp,
  warnings: z.array(z.string()).optional(),
});
const which = { access_group_id: name };
const path = "/v1/access_group";
const newer = "/v1/unified_access_group";
const one = `${path}/{access_group_id}`;
const newerOne = { aliases: [`${newer}/{access_group_id}`] };

const budget = z.looseObject({ budget_id: z.string(), max_budget: z.number().nullish() });
const told = z.looseObject({
  access_group: z.string(),
  model_names: z.array(z.string()),
  deployment_count: z.number(),
  spend: z.number().nullish(),
  budget: budget.nullish(),
});
const models = optional({ model_names: names, model_ids: names });
const changed = z.looseObject({ access_group: z.string(), models_updated: z.number() });
const budgetReply = z.looseObject({ access_group: z.string(), spend: z.number(), budget: budget.nullish() });
const named = z.strictObject({ access_group: name });

export const accessGroups = {
  new: post(path, "access_groups:write", "Makes an access group.", {
    aliases: [newer],
    input: z.strictObject({ ...optional(settings), access_group_name: name }),
    reply: group,
    storedOnly,
  }),
  list: get(path, "access_groups:read", "All access groups.", { aliases: [newer], input: z.strictObject({}), reply: z.array(group) }),
  info: get(one, "access_groups:read", "One access group.", { ...newerOne, input: z.strictObject(which), reply: group }),
  update: put(one, "access_groups:write", "Changes what is given; null clears.", {
    ...newerOne,
    input: z.strictObject({ ...which, ...clearable(settings) }),
    nulls: "clear",
    reply: group,
    storedOnly,
  }),
  delete: remove(one, "access_groups:write", "Deletes an access group.", {
    ...newerOne,
    input: z.strictObject(which),
    reply: z.looseObject({}),
  }),
  newOfModels: post("/access_group/new", "access_groups:write", "Puts models into a group by that name.", {
    input: z.strictObject({ access_group: name, ...models }),
    reply: changed,
  }),
  listOfModels: get("/access_group/list", "access_groups:read", "All groups that models are in.", {
    input: z.strictObject({}),
    reply: z.looseObject({ access_groups: z.array(told) }),
  }),
  infoOfModels: get("/access_group/{access_group}/info", "access_groups:read", "The models of a group.", { input: named, reply: told }),
  updateOfModels: put("/access_group/{access_group}/update", "access_groups:write", "Sets the models of a group.", {
    input: z.strictObject({ access_group: name, ...models }),
    reply: changed,
  }),
  deleteOfModels: remove("/access_group/{access_group}/delete", "access_groups:write", "Takes all models out of a group.", {
    input: named,
    reply: changed,
  }),
  budget: get("/access_group/{access_group}/budget", "access_groups:read", "The budget of a group.", { input: named, reply: budgetReply }),
  setBudget: put("/access_group/{access_group}/budget", "access_groups:write", "Gives a group a budget.", {
    input: z.strictObject({
      access_group: name,
      ...optional({ budget_id: name, max_budget: money, soft_budget: money, budget_duration: duration }),
    }),
    reply: budgetReply,
  }),
  deleteBudget: remove("/access_group/{access_group}/budget", "access_groups:write", "Takes a group's budget away.", {
    input: named,
    reply: z.looseObject({ access_group: z.string(), budget_deleted: z.boolean() }),
  }),
} as const;
