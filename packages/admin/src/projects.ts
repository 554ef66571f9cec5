/** Projects, which stand between team and key: /project/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { budgetFields, objectPermission, perModelRates, raise } from "./fields.ts";
import { budgetRow, maybeStamp, warned } from "./replies.ts";
import { clearable, optional } from "./shapes.ts";
import { flag, free, map, name, names, text, whole } from "./values.ts";

const { get, post, remove } = rowsOf("project management");
const storedOnly = ["guardrails", "policies", "object_permission", "model_itpm_limit", "model_otpm_limit"] as const;

const settings = {
  project_alias: name,
  description: text,
  budget_id: name,
  ...budgetFields,
  allowed_models: names,
  ...raise,
  metadata: free,
  tags: names,
  guardrails: names,
  policies: names,
  models: names,
  ...perModelRates,
  model_itpm_limit: map(whole),
  model_otpm_limit: map(whole),
  object_permission: objectPermission,
};

const project = z.looseObject({
  project_id: z.string(),
  project_alias: z.string().nullish(),
  description: z.string().nullish(),
  team_id: z.string().nullish(),
  budget_id: z.string().nullish(),
  models: z.array(z.string()),
  spend: z.number(),
  blocked: z.boolean(),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  litellm_budget_table: budgetRow.nullish(),
  created_at: maybeStamp,
  updated_at: maybeStamp,
  ...warned,
});

export const projects = {
  new: post("/project/new", "projects:write", "Makes a project in a team.", {
    input: z.strictObject({ ...optional(settings), team_id: name, project_id: name.optional(), blocked: flag.default(false) }),
    reply: project,
    storedOnly,
  }),
  update: post("/project/update", "projects:write", "Changes what is given; null clears.", {
    input: z.strictObject({ ...clearable(settings), project_id: name, team_id: name.optional(), blocked: flag.optional() }),
    nulls: "clear",
    reply: project,
    storedOnly,
  }),
  info: get("/project/info", "projects:read", "One project.", { input: z.strictObject({ project_id: name }), reply: project }),
  list: get("/project/list", "projects:read", "All projects that the caller may see.", {
    input: z.strictObject({}),
    reply: z.array(project),
  }),
  delete: remove("/project/delete", "projects:write", "Deletes projects that have no keys any more.", {
    input: z.strictObject({ project_ids: names.min(1, "must name at least one project") }),
    reply: z.array(project),
  }),
} as const;
