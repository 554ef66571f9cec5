/** Tags on calls and keys, with budgets of their own: /tag/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { budgetFields } from "./fields.ts";
import { budgetRow, maybeStamp, said, warned } from "./replies.ts";
import { clearable, optional, ranged, without } from "./shapes.ts";
import { date, free, name, names, page, size, text } from "./values.ts";

const { get, post } = rowsOf("tag management");
const storedOnly = ["models", "model_info"] as const;
const settings = { description: text, models: names, model_info: free, budget_id: name, ...without(budgetFields, "tpd_limit") };

const tag = z.looseObject({
  name: z.string(),
  description: z.string().nullish(),
  models: z.array(z.string()).nullish(),
  model_info: z.record(z.string(), z.unknown()).nullish(),
  spend: z.number().optional(),
  budget_id: z.string().nullish(),
  litellm_budget_table: budgetRow.nullish(),
  created_at: maybeStamp,
  updated_at: maybeStamp,
});
const changed = z.looseObject({ message: z.string(), tag, ...warned });
const filters = optional({ tag_filter: name, tag_filters: names });
const actives = z.looseObject({ results: z.array(z.looseObject({ tag: z.string(), active_users: z.number(), date: z.string() })) });

export const tags = {
  new: post("/tag/new", "tags:write", "Makes a tag, with a budget if one is given.", {
    input: z.strictObject({ name, ...optional(settings) }),
    reply: changed,
    storedOnly,
  }),
  update: post("/tag/update", "tags:write", "Changes what is given; null clears.", {
    input: z.strictObject({ name, ...clearable(settings) }),
    nulls: "clear",
    reply: changed,
    storedOnly,
  }),
  info: post("/tag/info", "tags:read", "Several tags, by name.", {
    input: z.strictObject({ names: names.min(1, "must name at least one tag") }),
    reply: z.record(z.string(), tag),
  }),
  list: get("/tag/list", "tags:read", "All tags: those that were made, and those that calls brought along.", {
    input: ranged(optional({ start_date: date, end_date: date })),
    reply: z.array(tag),
  }),
  delete: post("/tag/delete", "tags:write", "Deletes a tag; its spend stays in the books.", {
    input: z.strictObject({ name }),
    reply: said,
  }),
  distinct: get("/tag/distinct", "tags:read", "The names of all tags that calls had.", {
    input: z.strictObject({}),
    reply: z.looseObject({ results: z.array(z.looseObject({ tag: z.string() })) }),
  }),
  summary: get("/tag/summary", "tags:read", "Calls, tokens and spend by tag.", {
    input: ranged({ start_date: date, end_date: date, ...filters }),
    reply: z.looseObject({ results: z.array(z.looseObject({})) }),
  }),
  activeDaily: get("/tag/dau", "tags:read", "Active users a day, by tag.", { input: z.strictObject(filters), reply: actives }),
  activeWeekly: get("/tag/wau", "tags:read", "Active users a week, by tag.", { input: z.strictObject(filters), reply: actives }),
  activeMonthly: get("/tag/mau", "tags:read", "Active users a month, by tag.", { input: z.strictObject(filters), reply: actives }),
  perUser: get("/tag/user-agent/per-user-analytics", "tags:read", "Calls by user and tag.", {
    input: z.strictObject({ page, page_size: size(50), ...filters }),
    reply: z.looseObject({ results: z.array(z.looseObject({})) }),
  }),
} as const;
