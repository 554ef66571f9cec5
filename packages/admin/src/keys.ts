/** Virtual keys: /key/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { keyAndUser, limitType, objectPermission, raise, shared } from "./fields.ts";
import { keyRow, said, warned } from "./replies.ts";
import { clearable, optional, ranged, without } from "./shapes.ts";
import {
  chosenKey,
  date,
  duration,
  durationOrNever,
  flag,
  list,
  money,
  name,
  nameOrEmpty,
  names,
  oneOf,
  order,
  page,
  size,
  whole,
} from "./values.ts";

const { get, post } = rowsOf("key management");
const keyTypes = oneOf(["llm_api", "management", "read_only", "default"]);

const settings = {
  ...keyAndUser,
  ...without(shared, "metadata", "guardrails", "policies", "prompts", "object_permission", "mcp_rpm_limit"),
  tpd_limit: whole,
  soft_budget: money,
  budget_id: name,
  end_user_budget_id: name,
  enable_prompt_caching: flag,
  throttle_on_budget_exceeded: flag,
  enforced_params: names,
  allowed_routes: names,
  rpm_limit_type: limitType,
  tpm_limit_type: limitType,
  auto_rotate: flag,
  rotation_interval: duration,
  organization_id: name,
  project_id: name,
};

/** Said in `warnings`: for guardrails, agents, MCP, passing through, mails and rotation by the clock. */
const storedOnly = [
  ...["agent_id", "config", "permissions", "budget_fallbacks", "mcp_rpm_limit", "tag_rpm_limit", "guardrails", "policies", "prompts"],
  ...["object_permission", "disable_global_guardrails", "enable_prompt_caching", "throttle_on_budget_exceeded", "router_settings"],
  ...["allowed_passthrough_routes", "denied_passthrough_routes", "allowed_vector_store_indexes"],
  ...["default_estimated_output_tokens", "default_estimated_output_tokens_per_model"],
  ...["auto_rotate", "rotation_interval"],
] as const;
const storedOnlyAtFirst = [...storedOnly, "send_invite_email"] as const;

const generated = keyRow.extend({ key: z.string(), token_id: z.string().nullish(), ...warned });
const generate = z.strictObject({
  ...optional(settings),
  key: chosenKey.optional(),
  spend: money.default(0),
  key_type: keyTypes.default("default"),
  send_invite_email: flag.optional(),
});
const update = { ...clearable(settings), spend: money.optional(), duration: durationOrNever.nullish() };
const whichKey = z.strictObject({ key: name });

const bulkItem = z.strictObject({
  key: name,
  ...clearable({ budget_id: name, max_budget: money, team_id: name, tags: names, object_permission: objectPermission }),
});
const bulkReply = z.looseObject({
  total_requested: z.number(),
  successful_updates: z.array(z.looseObject({ key: z.string(), key_info: z.looseObject({}) })),
  failed_updates: z.array(z.looseObject({ key: z.string(), failed_reason: z.string() })),
});
const teamUpdate = z.strictObject(
  clearable({
    max_budget: money,
    budget_id: name,
    budget_duration: duration,
    budget_limits: settings.budget_limits,
    model_max_budget: settings.model_max_budget,
    tpm_limit: whole,
    rpm_limit: whole,
    model_tpm_limit: settings.model_tpm_limit,
    model_rpm_limit: settings.model_rpm_limit,
    max_parallel_requests: whole,
    rpm_limit_type: limitType,
    tpm_limit_type: limitType,
    ...raise,
    duration: durationOrNever,
    tags: names,
    metadata: settings.metadata,
  }),
);

const sortedBy = oneOf([
  "created_at",
  "updated_at",
  "spend",
  "max_budget",
  "token",
  "key_alias",
  "key_name",
  "user_id",
  "team_id",
  "expires",
  "last_active",
]);
const pages = { total_count: z.number(), current_page: z.number(), total_pages: z.number() };
const filters = optional({
  user_id: name,
  team_id: name,
  organization_id: name,
  project_id: name,
  access_group_id: name,
  agent_id: name,
  key_hash: name,
  key_alias: nameOrEmpty,
  search: nameOrEmpty,
  substring_matching: flag,
  expires: name,
  status: oneOf(["deleted"]),
  return_full_object: flag,
  include_team_keys: flag,
  include_created_by_keys: flag,
  expand: names,
  sort_by: sortedBy,
  sort_order: order,
});

export const keys = {
  generate: post("/key/generate", "keys:write", "Makes a key; the only reply that shows it.", {
    input: generate,
    reply: generated,
    storedOnly: storedOnlyAtFirst,
  }),
  generateServiceAccount: post("/key/service-account/generate", "keys:write", "Makes a key of a team that belongs to no user.", {
    input: generate.extend({ team_id: name }),
    reply: generated,
    storedOnly: storedOnlyAtFirst,
  }),
  info: get("/key/info", "self", "One key, by itself or its hash; without `key` the one that asks.", {
    input: z.strictObject({ key: name.optional() }),
    reply: z.looseObject({ key: z.string(), info: keyRow }),
  }),
  infoMany: post("/v2/key/info", "keys:read", "Several keys at once.", {
    input: z.strictObject({ keys: names }),
    reply: z.looseObject({ key: names, info: z.array(keyRow) }),
  }),
  list: get("/key/list", "keys:read", "Keys by page: their hashes, or whole rows with return_full_object.", {
    input: z.strictObject({ page, size: size(10), ...filters }),
    reply: z.looseObject({ keys: z.array(z.union([z.string(), keyRow])), ...pages }),
  }),
  aliases: get("/key/aliases", "keys:read", "The aliases of keys, by page.", {
    input: z.strictObject({ page, size: size(50), search: nameOrEmpty.optional(), team_id: name.optional() }),
    reply: z.looseObject({ aliases: z.array(z.string()), ...pages }),
  }),
  update: post("/key/update", "keys:write", "Changes what is given; null clears.", {
    input: z.strictObject({ key: name, ...update, ...clearable(raise) }),
    nulls: "clear",
    reply: keyRow.extend({ key: z.string(), ...warned }),
    storedOnly,
  }),
  bulkUpdate: post("/key/bulk_update", "keys:write", "Changes several keys, each for itself.", {
    input: z.strictObject({ keys: list(bulkItem) }),
    reply: bulkReply,
  }),
  bulkUpdateTeam: post("/team/key/bulk_update", "keys:write", "Changes keys of a team.", {
    input: z.strictObject({ team_id: name, key_ids: names.optional(), all_keys_in_team: flag.default(false), update_fields: teamUpdate }),
    reply: bulkReply,
  }),
  regenerate: post("/key/regenerate", "keys:write", "Gives a key a new secret; the old one works on for `grace_period`.", {
    aliases: ["/key/{key}/regenerate"],
    query: ["key"],
    input: z.strictObject({
      ...update,
      key: name,
      key_type: keyTypes.nullish(),
      send_invite_email: flag.nullish(),
      new_key: chosenKey.nullish(),
      new_master_key: chosenKey.nullish(),
      grace_period: duration.nullish(),
    }),
    nulls: "clear",
    reply: generated,
    storedOnly: storedOnlyAtFirst,
  }),
  block: post("/key/block", "keys:write", "Refuses a key until it is unblocked.", { input: whichKey, reply: keyRow }),
  unblock: post("/key/unblock", "keys:write", "Lets a blocked key in again.", { input: whichKey, reply: keyRow }),
  delete: post("/key/delete", "keys:write", "Ends keys, named by themselves, their hashes or aliases.", {
    input: z
      .strictObject({ keys: names.optional(), key_aliases: names.optional() })
      .refine((input) => (input.keys ?? input.key_aliases ?? []).length > 0, {
        path: ["keys"],
        error: "or key_aliases must name at least one key",
        params: { status: 400 },
      }),
    reply: z.looseObject({ deleted_keys: z.array(z.string()) }),
  }),
  resetSpend: post("/key/{key}/reset_spend", "keys:write", "Sets what a key has spent.", {
    input: z.strictObject({ key: name, reset_to: money }),
    reply: said,
  }),
  health: post("/key/health", "self", "Whether the key that asks is in force, and its callbacks.", {
    input: z.strictObject({}),
    reply: z.looseObject({ key: z.string(), logging_callbacks: z.looseObject({}).nullish() }),
  }),
  spendReport: get("/key/spend/report", "spend:read", "Spend of keys by day.", {
    input: ranged(optional({ start_date: date, end_date: date, api_key: name })),
    reply: z.array(z.looseObject({})),
  }),
} as const;
