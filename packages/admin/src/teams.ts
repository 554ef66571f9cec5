/** Teams and their members: /team/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { budgetWindow, modelMaxBudget, perModelRates, person, raise, rates, shared, teamLimitType } from "./fields.ts";
import { keyRow, membership, pages, teamRow } from "./replies.ts";
import { clearable, ofPerson, optional, ranged } from "./shapes.ts";
import { memberPermissions } from "./team-permissions.ts";
import { date, duration, flag, free, list, map, money, name, nameOrEmpty, names, oneOf, order, page, size, whole } from "./values.ts";

const { get, post, patch } = rowsOf("team management");

const storedOnly = [
  ...["guardrails", "policies", "prompts", "object_permission", "disable_global_guardrails", "router_settings", "mcp_rpm_limit"],
  ...["allowed_passthrough_routes", "denied_passthrough_routes", "allowed_vector_store_indexes", "secret_manager_settings"],
  ...["default_estimated_output_tokens", "default_estimated_output_tokens_per_model"],
  ...["enforced_batch_output_expires_after", "enforced_file_expires_after"],
] as const;

const settings = {
  team_alias: name,
  organization_id: name,
  ...shared,
  ...rates,
  tpd_limit: whole,
  max_parallel_requests: whole,
  max_budget: money,
  soft_budget: money,
  budget_duration: duration,
  budget_limits: list(budgetWindow),
  models: list(nameOrEmpty),
  blocked: flag,
  model_aliases: map(name),
  model_max_budget: modelMaxBudget,
  ...perModelRates,
  secret_manager_settings: free,
  team_member_budget: money,
  team_member_budget_duration: duration,
  team_member_rpm_limit: whole,
  team_member_tpm_limit: whole,
  team_member_key_duration: duration,
  default_team_member_models: names,
  enforced_batch_output_expires_after: free,
  enforced_file_expires_after: free,
};

const role = oneOf(["admin", "user"]);
const newMember = ofPerson({ ...person, role });
const permissions = list(oneOf(memberPermissions));
const memberLimits = clearable({
  max_budget_in_team: money,
  tpm_limit: whole,
  rpm_limit: whole,
  budget_duration: duration,
  allowed_models: names,
});
const whichTeam = z.strictObject({ team_id: name });
const whichModels = z.strictObject({ team_id: name, models: list(nameOrEmpty) });
const memberPath = { team_id: name, user_id: name };

const info = z.looseObject({
  team_id: z.string(),
  team_info: teamRow,
  keys: z.array(z.union([keyRow, z.looseObject({})])),
  team_memberships: z.array(membership),
});
const added = teamRow.extend({ updated_users: z.array(z.looseObject({})), updated_team_memberships: z.array(membership) });
const result = z.looseObject({ user_id: z.string().nullish(), user_email: z.string().nullish(), success: z.boolean() });
const listed = { user_id: name, organization_id: name };
const updated = z.looseObject({ team_id: z.string(), data: teamRow });

export const teams = {
  new: post("/team/new", "teams:write", "Makes a team.", {
    input: z.strictObject({
      ...optional(settings),
      blocked: flag.default(false),
      team_id: name.optional(),
      admins: names.optional(),
      members: names.optional(),
      members_with_roles: list(newMember).optional(),
      team_member_permissions: permissions.optional(),
      rpm_limit_type: teamLimitType.optional(),
      tpm_limit_type: teamLimitType.optional(),
    }),
    reply: teamRow,
    storedOnly,
  }),
  info: get("/team/info", "teams:read", "One team with its keys and memberships.", {
    input: z.strictObject({ team_id: name.optional(), key_limit: whole.optional() }),
    reply: info,
  }),
  list: get("/team/list", "teams:read", "All teams that the caller may see.", {
    input: z.strictObject(optional(listed)),
    reply: z.array(teamRow.extend({ keys: z.array(z.looseObject({})).optional(), team_memberships: z.array(membership).optional() })),
  }),
  listV2: get("/v2/team/list", "teams:read", "Teams by page.", {
    input: z.strictObject({
      page,
      page_size: size(10),
      ...optional({
        ...listed,
        team_id: name,
        team_alias: nameOrEmpty,
        search: nameOrEmpty,
        search_team_id_match: oneOf(["exact", "prefix"]),
        sort_by: oneOf(["team_id", "team_alias", "created_at", "updated_at", "spend", "max_budget"]),
        sort_order: order,
        status: oneOf(["deleted"]),
      }),
    }),
    reply: z.looseObject({ teams: z.array(teamRow), ...pages }),
  }),
  update: post("/team/update", "teams:write", "Changes what is given; null clears.", {
    input: z.strictObject({ ...clearable(settings), team_id: name }),
    nulls: "clear",
    reply: updated,
    storedOnly,
  }),
  patch: patch("/team/{team_id}", "teams:write", "Changes what is given; null clears.", {
    input: z.strictObject({ ...clearable(settings), team_id: name }),
    nulls: "clear",
    reply: teamRow,
    storedOnly,
  }),
  delete: post("/team/delete", "teams:write", "Deletes teams with their keys.", {
    input: z.strictObject({ team_ids: names.min(1, "must name at least one team") }),
    reply: z.looseObject({ deleted_teams: z.array(z.looseObject({})) }),
  }),
  block: post("/team/block", "teams:write", "Refuses all calls of a team until it is unblocked.", { input: whichTeam, reply: teamRow }),
  unblock: post("/team/unblock", "teams:write", "Lets a blocked team in again.", { input: whichTeam, reply: teamRow }),
  memberAdd: post("/team/member_add", "self", "Adds one or several members; unknown users are made. Users may join what is open to them.", {
    input: z.strictObject({
      team_id: name,
      member: z.union([newMember, list(newMember)], "must be an object with role and user_id or user_email, or a list of such"),
      ...optional({ max_budget_in_team: money, budget_duration: duration, allowed_models: names }),
    }),
    reply: added,
  }),
  bulkMemberAdd: post("/team/bulk_member_add", "teams:write", "Adds members, each for itself, or all users.", {
    input: z
      .strictObject({
        team_id: name,
        members: list(newMember).optional(),
        all_users: flag.default(false),
        max_budget_in_team: money.optional(),
      })
      .refine((input) => input.all_users || input.members !== undefined, {
        path: ["members"],
        error: "must be given, or all_users: true",
        params: { status: 400 },
      }),
    reply: z.looseObject({
      team_id: z.string(),
      results: z.array(result),
      total_requested: z.number(),
      successful_additions: z.number(),
      failed_additions: z.number(),
    }),
  }),
  memberUpdate: post("/team/member_update", "teams:write", "Changes a member's role and limits; null clears.", {
    input: ofPerson({ team_id: name, ...person, role: role.optional(), ...memberLimits, ...clearable(raise) }),
    nulls: "clear",
    reply: z.looseObject({ team_id: z.string(), user_id: z.string() }),
  }),
  memberDelete: post("/team/member_delete", "teams:write", "Takes a member out of a team.", {
    input: ofPerson({ team_id: name, ...person }),
    reply: teamRow,
  }),
  bulkMemberUpdate: post("/management/v1/teams/{team_id}/members/bulk_update", "teams:write", "Changes the limits of members.", {
    input: z.strictObject({ team_id: name, members: list(ofPerson({ ...person, ...memberLimits })) }),
    reply: z.looseObject({ data: z.array(result) }),
  }),
  bulkMemberDelete: post("/management/v1/teams/{team_id}/members/bulk_delete", "teams:write", "Takes members out, each for itself.", {
    input: z.strictObject({ team_id: name, members: list(ofPerson(person)) }),
    reply: z.looseObject({ data: z.array(result) }),
  }),
  me: get("/team/{team_id}/members/me", "self", "What the caller is and may spend in a team.", {
    input: whichTeam,
    reply: membership.extend({ role: z.string().nullish() }),
  }),
  resetMemberSpend: post("/team/{team_id}/member/{user_id}/reset_spend", "teams:write", "Sets what a member has spent.", {
    input: z.strictObject({ ...memberPath, reset_to: money }),
    reply: z.looseObject({}),
  }),
  resetMemberBudget: post("/team/{team_id}/member/{user_id}/reset_budget", "teams:write", "Gives a member the team's usual budget again.", {
    input: z.strictObject(memberPath),
    reply: z.looseObject({ team_id: z.string(), user_id: z.string(), budget_id: z.string().nullable() }),
  }),
  permissionsList: get("/team/permissions_list", "teams:read", "What members may do with the team's keys.", {
    input: z.strictObject({ team_id: name }),
    reply: z.looseObject({
      team_id: z.string(),
      team_member_permissions: z.array(z.string()),
      all_available_permissions: z.array(z.string()),
    }),
  }),
  permissionsUpdate: post("/team/permissions_update", "teams:write", "Sets what members may do with the team's keys.", {
    input: z.strictObject({ team_id: name, team_member_permissions: permissions }),
    reply: teamRow,
  }),
  permissionsBulkUpdate: post("/team/permissions_bulk_update", "teams:write", "Adds permissions to teams.", {
    input: z.strictObject({ permissions, team_ids: names.optional(), apply_to_all_teams: flag.default(false) }),
    reply: z.looseObject({ message: z.string(), teams_updated: z.number() }),
  }),
  modelAdd: post("/team/model/add", "teams:write", "Lets a team use more models.", { input: whichModels, reply: teamRow }),
  modelDelete: post("/team/model/delete", "teams:write", "Takes models from a team.", { input: whichModels, reply: teamRow }),
  available: get("/team/available", "self", "Teams that the caller may join.", {
    input: z.strictObject({}),
    reply: z.array(teamRow),
  }),
  metadataSchema: get("/team/metadata_schema", "self", "The fields that the metadata of a team should have.", {
    input: z.strictObject({}),
    reply: z.looseObject({ fields: z.array(z.looseObject({})) }),
  }),
  spendReport: get("/team/spend/report", "spend:read", "Spend of teams by day.", {
    input: ranged(optional({ start_date: date, end_date: date, team_id: name })),
    reply: z.array(z.looseObject({})),
  }),
  spendByUser: get("/team/spend/by_user", "spend:read", "Spend of teams by member.", {
    input: ranged(optional({ team_ids: names, start_date: date, end_date: date })),
    reply: z.looseObject({ start_date: z.string(), end_date: z.string(), results: z.array(z.looseObject({})) }),
  }),
} as const;
