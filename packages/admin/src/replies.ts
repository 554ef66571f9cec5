/** Shapes of replies that several areas share. Replies are open: more members may come, and clients ignore what they do not know. */

import * as z from "zod";

const nullable = z.string().nullish();
const number = z.number().nullish();
const object = z.record(z.string(), z.unknown());

/** ISO 8601. */
export const stamp = z.string();
export const maybeStamp = z.string().nullish();

const stamps = { created_at: maybeStamp, updated_at: maybeStamp, created_by: nullable, updated_by: nullable };

/** Fields that were given, kept, and that nothing acts on yet. */
export const warned = { warnings: z.array(z.string()).optional() };

const limits = { max_budget: number, tpm_limit: number, rpm_limit: number, max_parallel_requests: number, budget_duration: nullable };

export const budgetRow = z.looseObject({
  budget_id: z.string(),
  ...limits,
  soft_budget: number,
  tpd_limit: number,
  budget_reset_at: maybeStamp,
  model_max_budget: object.nullish(),
  ...stamps,
  ...warned,
});

const carried = { litellm_budget_table: z.looseObject({}).nullish(), object_permission: object.nullish() };

export const keyRow = z.looseObject({
  token: z.string().nullish(),
  key_name: nullable,
  key_alias: nullable,
  spend: z.number(),
  expires: maybeStamp,
  models: z.array(z.string()),
  user_id: nullable,
  team_id: nullable,
  organization_id: nullable,
  project_id: nullable,
  budget_id: nullable,
  ...limits,
  budget_reset_at: maybeStamp,
  metadata: object,
  blocked: z.boolean().nullish(),
  last_active: maybeStamp,
  ...carried,
  ...stamps,
});

export const userRow = z.looseObject({
  user_id: z.string(),
  user_email: nullable,
  user_alias: nullable,
  user_role: nullable,
  spend: z.number(),
  models: z.array(z.string()),
  teams: z.array(z.unknown()).nullish(),
  ...limits,
  budget_reset_at: maybeStamp,
  metadata: object.nullish(),
  ...carried,
  ...stamps,
});

export const member = z.looseObject({ user_id: nullable, user_email: nullable, role: z.string() });

export const membership = z.looseObject({
  user_id: z.string(),
  team_id: z.string(),
  budget_id: nullable,
  spend: z.number(),
  litellm_budget_table: z.looseObject({}).nullish(),
});

export const teamRow = z.looseObject({
  team_id: z.string(),
  team_alias: nullable,
  organization_id: nullable,
  members_with_roles: z.array(member),
  models: z.array(z.string()),
  spend: z.number(),
  blocked: z.boolean(),
  ...limits,
  budget_reset_at: maybeStamp,
  metadata: object.nullish(),
  ...carried,
  ...stamps,
  ...warned,
});

export const said = z.looseObject({ message: z.string().optional(), ...warned });
export const bulk = { total_requested: z.number(), successful_updates: z.number(), failed_updates: z.number() };
export const anything = z.looseObject({});
export const pages = { total: z.number(), page: z.number(), page_size: z.number(), total_pages: z.number() };
