/** People: /user/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { keyAndUser, userRole } from "./fields.ts";
import { pages, userRow, warned } from "./replies.ts";
import { clearable, ofPerson, optional, ranged, without } from "./shapes.ts";
import { date, flag, list, money, name, nameOrEmpty, names, oneOf, order, page, password, size, whole } from "./values.ts";

const { get, post } = rowsOf("internal user management");

/** Kept for LiteLLM's clients: what belongs to keys, and what comes with guardrails, agents, MCP and mails. */
const storedOnly = [
  ...["agent_id", "config", "permissions", "budget_fallbacks", "mcp_rpm_limit", "tag_rpm_limit", "guardrails", "policies", "prompts"],
  "object_permission",
] as const;

const team = z.strictObject({ team_id: name, max_budget_in_team: money.nullish(), user_role: oneOf(["user", "admin"]).default("user") });
const teams = list(z.union([name, team], "must be a team's id, or an object with team_id"));
const profile = { user_email: nameOrEmpty, user_alias: nameOrEmpty, user_role: userRole };

const ownLimits = { soft_budget: money, tpd_limit: whole };

const fresh = {
  ...optional({ ...keyAndUser, ...ownLimits }),
  ...optional({ ...profile, teams, send_invite_email: flag, sso_user_id: name, organizations: names, password }),
  spend: money.default(0),
};
const newUser = { ...fresh, auto_create_key: flag.default(true) };
const changes = {
  ...clearable({ ...keyAndUser, ...ownLimits }),
  ...clearable(without(profile, "user_email")),
  spend: money.optional(),
  password: password.optional(),
};
const update = { ...changes, user_email: nameOrEmpty.nullish() };
const result = z.looseObject({ user_id: z.string().nullish(), user_email: z.string().nullish(), success: z.boolean() });
const counts = { total_requested: z.number(), successful_updates: z.number(), failed_updates: z.number() };

export const users = {
  new: post("/user/new", "users:write", "Makes a user, and a first key unless auto_create_key is false.", {
    input: z.strictObject(newUser),
    reply: userRow.extend({ key: z.string().nullish(), ...warned }),
    storedOnly: [...storedOnly, "send_invite_email"],
  }),
  info: get("/user/info", "self", "One user with keys and teams; without `user_id` the one who asks.", {
    input: z.strictObject({ user_id: name.optional() }),
    reply: z.looseObject({
      user_id: z.string().nullable(),
      user_info: userRow.nullable(),
      keys: z.array(z.looseObject({})),
      teams: z.array(z.looseObject({})),
    }),
  }),
  infoV2: get("/v2/user/info", "self", "One user, without keys.", { input: z.strictObject({ user_id: name.optional() }), reply: userRow }),
  list: get("/user/list", "users:read", "Users by page; user_email and search match parts.", {
    input: z.strictObject({
      page,
      page_size: size(25),
      ...optional({
        role: userRole,
        user_ids: names,
        sso_user_ids: names,
        user_email: nameOrEmpty,
        search: nameOrEmpty,
        team: name,
        organization_ids: names,
        sort_by: oneOf(["user_id", "user_email", "user_alias", "user_role", "created_at", "updated_at", "spend", "max_budget"]),
        sort_order: order,
      }),
    }),
    reply: z.looseObject({ users: z.array(userRow.extend({ key_count: z.number() })), ...pages }),
  }),
  update: post("/user/update", "self", "Changes what is given; null clears. Users may change their own mail, alias and password.", {
    input: ofPerson(update),
    nulls: "clear",
    reply: z.looseObject({ user_id: z.string(), data: userRow, ...warned }),
    storedOnly,
  }),
  bulkUpdate: post("/user/bulk_update", "users:write", "Changes several users, or all of them.", {
    input: z
      .strictObject({
        users: list(ofPerson(update)).optional(),
        all_users: flag.default(false),
        user_updates: z.strictObject(changes, "must be an object").optional(),
      })
      .refine((input) => (input.all_users ? input.user_updates : input.users) !== undefined, {
        path: ["users"],
        error: "must be given, or all_users with user_updates",
        params: { status: 400 },
      }),
    reply: z.looseObject({ results: z.array(result), ...counts }),
  }),
  delete: post("/user/delete", "users:write", "Deletes users with their personal keys.", {
    input: z.strictObject({ user_ids: names.min(1, "must name at least one user") }),
    reply: z.looseObject({ deleted_users: z.number(), message: z.string().optional() }),
  }),
  changePassword: post("/user/password/change", "self", "Changes the password of the user who asks.", {
    input: z.strictObject({
      current_password: z.string("must be a text").max(128, "must be at most 128 characters"),
      new_password: password,
    }),
    reply: z.looseObject({ user_id: z.string(), message: z.string() }),
  }),
  available: get("/user/available_users", "users:read", "How many users there are; there is no limit.", {
    input: z.strictObject({}),
    reply: z.looseObject({
      total_users: z.number().nullable(),
      total_users_used: z.number(),
      total_users_remaining: z.number().nullable(),
    }),
  }),
  filter: get("/user/filter/ui", "users:read", "Ids and mail addresses that match parts, for forms that look people up.", {
    input: z.strictObject({ page, page_size: size(50), ...optional({ user_id: nameOrEmpty, user_email: nameOrEmpty }) }),
    reply: z.array(z.looseObject({ user_id: z.string(), user_email: z.string().nullish() })),
  }),
  availableRoles: get("/user/available_roles", "users:read", "The roles and what they mean.", {
    input: z.strictObject({}),
    reply: z.record(z.string(), z.looseObject({ description: z.string(), ui_label: z.string() })),
  }),
  bulkNew: post("/management/v1/users/bulk", "users:write", "Makes several users, each for itself.", {
    input: z.strictObject({ users: list(z.strictObject({ ...fresh, auto_create_key: flag.default(false) })) }),
    reply: z.looseObject({
      data: z.array(result),
      meta: z.looseObject({ total_requested: z.number(), created: z.number(), failed: z.number() }),
    }),
  }),
  bulkDelete: post("/management/v1/users/bulk_delete", "users:write", "Deletes several users, each for itself.", {
    input: z.strictObject({ user_ids: names.min(1, "must name at least one user") }),
    reply: z.looseObject({ data: z.array(result) }),
  }),
  spendReport: get("/user/spend/report", "spend:read", "Spend of users by day.", {
    input: ranged(optional({ start_date: date, end_date: date, internal_user_id: name })),
    reply: z.array(z.looseObject({})),
  }),
} as const;
