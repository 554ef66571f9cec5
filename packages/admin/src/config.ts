/** Settings that may be read and changed while the gateway runs: /config/…, /get/…, /update/… */

import * as z from "zod";
import { rowsOf } from "./endpoint.ts";
import { userRole } from "./fields.ts";
import { anything, said } from "./replies.ts";
import { clearable, optional } from "./shapes.ts";
import { memberPermissions } from "./team-permissions.ts";
import { addresses, amount, duration, flag, free, list, map, money, name, names, oneOf, whole } from "./values.ts";

const { get, post, patch } = rowsOf("config");

/** The sections of the config file whose settings may be changed. */
const section = oneOf(["general_settings"]);
const field = { field_name: name, config_type: section.default("general_settings") };
const listed = z.looseObject({
  field_name: z.string(),
  field_type: z.string(),
  field_description: z.string(),
  field_value: z.unknown(),
  stored_in_db: z.boolean().nullable(),
  field_default_value: z.unknown(),
});
const values = z.looseObject({ values: z.record(z.string(), z.unknown()), field_schema: z.record(z.string(), z.unknown()).optional() });
const nothing = z.strictObject({});
const onOff = z.looseObject({ enabled: z.boolean() });

const team = z.strictObject({ team_id: name, max_budget_in_team: money.nullish(), user_role: oneOf(["user", "admin"]).default("user") });
const teamDefaults = clearable({
  models: names,
  max_budget: money,
  budget_duration: duration,
  tpm_limit: whole,
  rpm_limit: whole,
  team_member_permissions: list(oneOf(memberPermissions)),
  organization_id: name,
});
const userDefaults = clearable({
  user_role: userRole,
  max_budget: money,
  budget_duration: duration,
  models: names,
  teams: list(z.union([name, team], "must be a team's id, or an object with team_id")),
});
const perProvider = z.looseObject({ values: z.record(z.string(), z.number()) });

export const config = {
  list: get("/config/list", "config:read", "The settings of a section, with their values.", {
    input: z.strictObject({ config_type: section }),
    reply: z.array(listed),
  }),
  fieldInfo: get("/config/field/info", "config:read", "One setting.", {
    input: z.strictObject({ field_name: name }),
    reply: z.looseObject({ field_name: z.string(), field_value: z.unknown() }),
  }),
  fieldUpdate: post("/config/field/update", "config:write", "Sets one setting; it goes before the file's.", {
    input: z.strictObject({ ...field, field_value: z.unknown() }),
    nulls: "clear",
    reply: said,
  }),
  fieldDelete: post("/config/field/delete", "config:write", "Takes a setting back to the file's.", {
    input: z.strictObject(field),
    reply: said,
  }),
  update: post("/config/update", "config:write", "Sets several settings, by section.", {
    input: z.strictObject(
      optional({ general_settings: free, litellm_settings: free, router_settings: free, environment_variables: map(z.unknown()) }),
    ),
    reply: said,
  }),
  yaml: get("/config/yaml", "config:read", "The configuration that is in force, without secrets.", { input: nothing, reply: anything }),
  routerSettings: get("/router/settings", "config:read", "The router's settings, described for forms.", {
    input: nothing,
    reply: z.looseObject({ fields: z.array(z.looseObject({})), current_values: z.record(z.string(), z.unknown()) }),
  }),
  callbacks: get("/get/config/callbacks", "config:read", "The callbacks that are on, and the router's settings.", {
    input: nothing,
    reply: anything,
  }),
  costDiscounts: get("/config/cost_discount_config", "config:read", "Discounts by provider, as a share of the price.", {
    input: nothing,
    reply: perProvider,
  }),
  setCostDiscounts: patch("/config/cost_discount_config", "config:write", "Sets all discounts: {provider: 0.05}.", {
    bodyIn: "discounts",
    input: z.strictObject({
      discounts: map(z.number("must be a number from 0 to 1").min(0, "must be 0 or more").max(1, "must be at most 1")),
    }),
    reply: perProvider,
  }),
  costMargins: get("/config/cost_margin_config", "config:read", "Margins by provider, put on top of the price.", {
    input: nothing,
    reply: anything,
  }),
  setCostMargins: patch(
    "/config/cost_margin_config",
    "config:write",
    "Sets all margins: {provider: 0.1} or {provider: {fixed_amount: 0.001}}.",
    {
      bodyIn: "margins",
      input: z.strictObject({
        margins: map(
          z.union(
            [amount, z.strictObject(optional({ percentage: amount, fixed_amount: amount }))],
            "must be a share, or an object with percentage or fixed_amount",
          ),
        ),
      }),
      reply: anything,
    },
  ),
  blockUnpriced: get("/config/block_requests_for_models_without_pricing", "config:read", "Whether models without a price are refused.", {
    input: nothing,
    reply: onOff,
  }),
  setBlockUnpriced: patch(
    "/config/block_requests_for_models_without_pricing",
    "config:write",
    "Refuses models without a price, or lets them in.",
    {
      input: z.strictObject({ enabled: flag }),
      reply: onOff,
    },
  ),
  addAllowedIp: post("/add/allowed_ip", "config:write", "Lets an address in; once there is one, all others are refused.", {
    input: z.strictObject({ ip: addresses }),
    reply: said,
  }),
  deleteAllowedIp: post("/delete/allowed_ip", "config:write", "Takes an address from the list.", {
    input: z.strictObject({ ip: addresses }),
    reply: said,
  }),
  allowedIps: get("/get/allowed_ips", "config:read", "The addresses that are let in; empty: all.", {
    input: nothing,
    reply: z.looseObject({ data: z.array(z.string()) }),
  }),
  teamDefaults: get("/get/default_team_settings", "config:read", "What new teams have unless something else is said.", {
    input: nothing,
    reply: values,
  }),
  setTeamDefaults: patch("/update/default_team_settings", "config:write", "Sets what new teams have; null clears.", {
    input: z.strictObject(teamDefaults),
    nulls: "clear",
    reply: said,
  }),
  userDefaults: get("/get/internal_user_settings", "config:read", "What new users have unless something else is said.", {
    input: nothing,
    reply: values,
  }),
  setUserDefaults: patch("/update/internal_user_settings", "config:write", "Sets what new users have; null clears.", {
    input: z.strictObject(userDefaults),
    nulls: "clear",
    reply: said,
  }),
} as const;
