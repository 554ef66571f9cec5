/** Organizations and their members: /organization/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { budgetFields, objectPermission, perModelRates, person, raise } from "./fields.ts";
import { anything, budgetRow, maybeStamp, teamRow, userRow, warned } from "./replies.ts";
import { clearable, ofPerson, optional, ranged, without } from "./shapes.ts";
import { date, free, list, money, name, nameOrEmpty, names, oneOf } from "./values.ts";

const { get, post, patch, remove } = rowsOf("organization management");
const storedOnly = ["object_permission"] as const;

const settings = {
  organization_alias: name,
  budget_id: name,
  ...budgetFields,
  models: list(nameOrEmpty),
  metadata: free,
  ...perModelRates,
  object_permission: objectPermission,
};

const membership = z.looseObject({
  user_id: z.string(),
  organization_id: z.string(),
  user_role: z.string().nullish(),
  spend: z.number(),
  budget_id: z.string().nullish(),
  created_at: maybeStamp,
  updated_at: maybeStamp,
});
const organization = z.looseObject({
  organization_id: z.string(),
  organization_alias: z.string().nullish(),
  budget_id: z.string().nullable(),
  spend: z.number(),
  models: z.array(z.string()),
  metadata: z.record(z.string(), z.unknown()).nullish(),
  litellm_budget_table: budgetRow.nullish(),
  created_at: maybeStamp,
  updated_at: maybeStamp,
  ...warned,
});
const whole = organization.extend({
  members: z.array(membership).nullish(),
  users: z.array(userRow).nullish(),
  teams: z.array(teamRow).nullish(),
});

const role = oneOf(["org_admin", "internal_user", "internal_user_viewer"]);
const newMember = ofPerson({ ...person, role });
const which = { organization_id: name };

export const organizations = {
  new: post("/organization/new", "organizations:write", "Makes an organization.", {
    input: z.strictObject({
      ...optional(settings),
      organization_alias: name,
      organization_id: name.optional(),
      ...optional({ allowed_models: names, ...raise }),
    }),
    reply: organization,
    storedOnly,
  }),
  info: get("/organization/info", "organizations:read", "One organization with members and teams.", {
    input: z.strictObject(which),
    reply: whole,
  }),
  infoMany: post("/organization/info", "organizations:read", "Several organizations; kept for old clients.", {
    input: z.strictObject({ organizations: names }),
    reply: z.array(whole),
  }),
  list: get("/organization/list", "organizations:read", "All organizations that the caller may see.", {
    input: z.strictObject(optional({ org_id: name, org_alias: nameOrEmpty })),
    reply: z.array(whole),
  }),
  update: patch("/organization/update", "organizations:write", "Changes what is given; null clears.", {
    input: z.strictObject({ ...clearable(settings), ...which }),
    nulls: "clear",
    reply: whole,
    storedOnly,
  }),
  patch: patch("/v2/organization/{organization_id}", "organizations:write", "Changes what is given; null clears.", {
    input: z.strictObject({ ...clearable(without(settings, "budget_id", "tpd_limit", "model_rpm_limit", "model_tpm_limit")), ...which }),
    nulls: "clear",
    reply: whole,
    storedOnly,
  }),
  delete: remove("/organization/delete", "organizations:write", "Deletes organizations with their teams and keys.", {
    input: z.strictObject({ organization_ids: names.min(1, "must name at least one organization") }),
    reply: z.array(whole),
  }),
  memberAdd: post("/organization/member_add", "organizations:write", "Adds one or several members.", {
    input: z.strictObject({
      ...which,
      member: z.union([newMember, list(newMember)], "must be an object with role and user_id or user_email, or a list of such"),
      max_budget_in_organization: money.optional(),
    }),
    reply: z.looseObject({
      organization_id: z.string(),
      updated_users: z.array(userRow),
      updated_organization_memberships: z.array(membership),
    }),
  }),
  memberUpdate: patch("/organization/member_update", "organizations:write", "Changes a member's role and budget; null clears.", {
    input: ofPerson({ ...which, ...person, role: role.nullish(), max_budget_in_organization: money.nullish() }),
    nulls: "clear",
    reply: membership,
  }),
  memberDelete: remove("/organization/member_delete", "organizations:write", "Takes a member out of an organization.", {
    input: ofPerson({ ...which, ...person }),
    reply: anything,
  }),
  spendReport: get("/organization/spend/report", "spend:read", "Spend of organizations by day.", {
    input: ranged(optional({ start_date: date, end_date: date, ...which })),
    reply: z.array(anything),
  }),
} as const;
