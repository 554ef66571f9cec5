/** Models in the database, and what is known of all models: /model/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { anything, said } from "./replies.ts";
import { optional } from "./shapes.ts";
import { flag, free, name, nameOrEmpty, oneOf, order, page, size } from "./values.ts";

const { get, post, patch } = rowsOf("model management");

/** `litellm_params` is free beside `model`: whatever a row of the file may hold. */
const params = z.looseObject({ model: name }, "must be an object with the member model");
const deployment = z.looseObject({
  model_id: z.string(),
  model_name: z.string(),
  litellm_params: z.record(z.string(), z.unknown()),
  model_info: z.record(z.string(), z.unknown()).nullish(),
});
const shown = z.looseObject({
  model_name: z.string(),
  litellm_params: z.record(z.string(), z.unknown()),
  model_info: z.looseObject({ id: z.string(), db_model: z.boolean() }),
});
const changes = { ...optional({ model_name: name, litellm_params: free, blocked: flag }), model_info: free.optional() };
const which = z
  .strictObject(optional({ model_id: name, id: name }))
  .refine((input) => input.model_id !== undefined || input.id !== undefined, {
    path: ["model_id"],
    error: "must be given",
    params: { status: 400 },
  });
const infoInput = z.strictObject(optional({ litellm_model_id: name, include_team_models: flag, teamId: name, healthy_only: flag }));

export const models = {
  new: post("/model/new", "models:write", "Adds a model; its credentials are encrypted and never told.", {
    input: z.strictObject({ model_name: name, litellm_params: params, model_info: free.optional(), blocked: flag.optional() }),
    reply: deployment,
  }),
  update: post("/model/update", "models:write", "Changes the model whose id stands in model_info.id.", {
    input: z.strictObject(changes).refine((input) => typeof input.model_info?.["id"] === "string", {
      path: ["model_info", "id"],
      error: "must be given: the id of the model to change",
      params: { status: 400 },
    }),
    reply: deployment,
  }),
  patch: patch("/model/{model_id}/update", "models:write", "Changes what is given and merges it into what is there.", {
    input: z.strictObject({ ...changes, model_id: name }),
    reply: deployment,
  }),
  delete: post("/model/delete", "models:write", "Deletes a model that was added here; those of the file stay.", {
    input: z.strictObject({ id: name }),
    reply: said,
  }),
  block: post("/model/block", "models:write", "Sends no calls to a deployment until it is unblocked.", { input: which, reply: anything }),
  unblock: post("/model/unblock", "models:write", "Sends calls to a blocked deployment again.", { input: which, reply: anything }),
  info: get("/model/info", "self", "Deployments with their limits and prices, without secrets.", {
    aliases: ["/v1/model/info"],
    elsewhere: true,
    input: infoInput,
    reply: z.looseObject({ data: z.array(shown) }),
  }),
  infoV2: get("/v2/model/info", "self", "Deployments by page.", {
    input: z.strictObject({
      page,
      size: size(50),
      ...optional({
        model: name,
        modelId: name,
        teamId: name,
        search: nameOrEmpty,
        access_group: name,
        user_models_only: flag,
        include_team_models: flag,
        exclude_auto_routers: flag,
        wildcard_only: flag,
        debug: flag,
        sortBy: oneOf(["model_name", "created_at", "updated_at", "costs", "status"]),
        sortOrder: order,
      }),
    }),
    reply: z.looseObject({
      data: z.array(shown),
      total_count: z.number(),
      current_page: z.number(),
      total_pages: z.number(),
      size: z.number(),
    }),
  }),
  groupInfo: get("/model_group/info", "self", "Public model names with their providers, limits and abilities.", {
    elsewhere: true,
    input: z.strictObject({ model_group: name.optional() }),
    reply: z.looseObject({ data: z.array(z.looseObject({ model_group: z.string(), providers: z.array(z.string()) })) }),
  }),
} as const;
