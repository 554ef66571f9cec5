/** Customers, the end users of whoever holds a key: /customer/…, also /end_user/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { budgetFields, objectPermission } from "./fields.ts";
import { budgetRow, warned } from "./replies.ts";
import { clearable, optional } from "./shapes.ts";
import { flag, moment, money, name, names, oneOf } from "./values.ts";

const { get, post } = rowsOf("customer management");
const storedOnly = ["object_permission", "allowed_model_region"] as const;

const profile = {
  alias: name,
  allowed_model_region: oneOf(["eu", "us"]),
  default_model: name,
  models: names,
  object_permission: objectPermission,
};

const customer = z.looseObject({
  user_id: z.string(),
  alias: z.string().nullish(),
  blocked: z.boolean(),
  spend: z.number(),
  budget_id: z.string().nullish(),
  default_model: z.string().nullish(),
  allowed_model_region: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  litellm_budget_table: budgetRow.nullish(),
  ...warned,
});
const several = z.strictObject({ user_ids: names.min(1, "must name at least one customer") });
const both = (path: string): { readonly aliases: readonly string[] } => ({ aliases: [`/end_user/${path}`] });

export const customers = {
  new: post("/customer/new", "customers:write", "Makes a customer with a budget of their own or a shared one.", {
    ...both("new"),
    input: z.strictObject({
      user_id: name,
      ...optional({ ...profile, ...budgetFields, budget_id: name, budget_reset_at: moment, spend: money }),
      blocked: flag.default(false),
    }),
    reply: customer,
    storedOnly,
  }),
  update: post("/customer/update", "customers:write", "Changes what is given; null clears.", {
    ...both("update"),
    input: z.strictObject({
      user_id: name,
      ...clearable({ ...profile, ...budgetFields, budget_id: name }),
      blocked: flag.optional(),
    }),
    nulls: "clear",
    reply: customer,
    storedOnly,
  }),
  info: get("/customer/info", "customers:read", "One customer.", {
    ...both("info"),
    input: z.strictObject({ end_user_id: name }),
    reply: customer,
  }),
  list: get("/customer/list", "customers:read", "All customers.", {
    ...both("list"),
    input: z.strictObject({}),
    reply: z.array(customer),
  }),
  delete: post("/customer/delete", "customers:write", "Deletes customers; their spend stays in the books.", {
    ...both("delete"),
    input: several,
    reply: z.looseObject({ deleted_customers: z.number(), message: z.string() }),
  }),
  block: post("/customer/block", "customers:write", "Refuses calls of customers until they are unblocked.", {
    ...both("block"),
    input: several,
    reply: z.looseObject({ blocked_users: z.array(customer) }),
  }),
  unblock: post("/customer/unblock", "customers:write", "Lets blocked customers in again.", {
    ...both("unblock"),
    input: several,
    reply: z.looseObject({ blocked_users: z.array(z.string()) }),
  }),
} as const;
