/** Budgets that several may share: /budget/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { budgetFields } from "./fields.ts";
import { anything, budgetRow } from "./replies.ts";
import { clearable, optional } from "./shapes.ts";
import { moment, name, names, page, size } from "./values.ts";

const { get, post } = rowsOf("budget management");
const settings = { ...budgetFields, budget_reset_at: moment };

export const budgets = {
  new: post("/budget/new", "budgets:write", "Makes a budget that keys, members, customers and tags may share.", {
    input: z.strictObject({ budget_id: name.optional(), ...optional(settings) }),
    reply: budgetRow,
  }),
  update: post("/budget/update", "budgets:write", "Changes what is given, for all who share it; null clears.", {
    input: z.strictObject({ budget_id: name, ...clearable(settings) }),
    nulls: "clear",
    reply: budgetRow,
  }),
  info: post("/budget/info", "budgets:read", "Several budgets by their ids.", {
    input: z.strictObject({ budgets: names.min(1, "must name at least one budget") }),
    reply: z.array(budgetRow),
  }),
  settings: get("/budget/settings", "budgets:read", "The fields of one budget, described for forms.", {
    input: z.strictObject({ budget_id: name }),
    reply: z.array(anything),
  }),
  list: get("/budget/list", "budgets:read", "All budgets.", { input: z.strictObject({}), reply: z.array(budgetRow) }),
  listByPage: get("/management/v1/budgets", "budgets:read", "Budgets by page.", {
    input: z.strictObject({ page, page_size: size(50) }),
    reply: z.looseObject({ data: z.array(budgetRow), meta: anything, links: anything }),
  }),
  delete: post("/budget/delete", "budgets:write", "Deletes a budget; who shared it has none any more.", {
    input: z.strictObject({ id: name }),
    reply: budgetRow,
  }),
  ofProviders: get("/provider/budgets", "budgets:read", "What was spent at providers that have a budget.", {
    input: z.strictObject({}),
    reply: z.looseObject({ providers: z.record(z.string(), anything) }),
  }),
} as const;
