/** What the rows of the admin contract are asked with, so that they are about a tenant's things; one line a row that needs more than its required fields. */

import { contract, type Endpoint } from "@tollgate/admin";
import { sha256 } from "../packages/gateway/src/access/key-of.ts";
import { keyFor, type Tenant, usualValue } from "./rights-stage.ts";

export interface Asked {
  readonly method: Endpoint["method"];
  readonly url: string;
  readonly body?: object;
}

export interface Row extends Endpoint {
  /** `keys.block`. */
  readonly id: string;
  readonly area: string;
}

/** All rows of the contract. */
export const rows: readonly Row[] = Object.entries(contract).flatMap(([area, group]) =>
  Object.entries<Endpoint>(group as Readonly<Record<string, Endpoint>>).map(([name, row]) => ({ ...row, area, id: `${area}.${name}` })),
);

type Inputs = Readonly<Record<string, (of: Tenant) => Readonly<Record<string, unknown>>>>;

const key = (of: Tenant): string => sha256(keyFor("user", of) ?? "");
const pick =
  (...fields: readonly string[]) =>
  (of: Tenant) =>
    Object.fromEntries(fields.map((field) => [field, usualValue(field, of)]));
const model = (of: Tenant) => ({
  model_name: `more-${of}`,
  litellm_params: { model: "openai/gpt-4o-mini", api_key: "sk-of-a-provider" },
  model_info: { team_id: `team-${of}` },
});

const inputs: Inputs = {
  "keys.generate": pick("team_id"),
  "keys.infoMany": pick("keys"),
  "keys.info": pick("key"),
  "keys.list": pick("team_id"),
  "keys.bulkUpdate": (of) => ({ keys: [{ key: key(of), max_budget: 1 }] }),
  "keys.bulkUpdateTeam": (of) => ({ team_id: `team-${of}`, all_keys_in_team: true, update_fields: { max_budget: 1 } }),
  "keys.delete": pick("keys"),
  "keys.spendReport": pick("start_date", "end_date"),
  "users.new": (of) => ({ user_email: `new@${of}.example`, organizations: [`organization-${of}`], auto_create_key: false }),
  "users.info": pick("user_id"),
  "users.infoV2": pick("user_id"),
  "users.update": (of) => ({ user_id: `user-${of}`, user_alias: "renamed" }),
  "users.bulkUpdate": (of) => ({ users: [{ user_id: `user-${of}`, user_alias: "renamed" }] }),
  "users.changePassword": () => ({ current_password: "not-the-password", new_password: "Correct-horse-battery-9" }),
  "users.bulkNew": (of) => ({ users: [{ user_email: `new@${of}.example` }] }),
  "teams.new": (of) => ({ team_alias: "New", organization_id: `organization-${of}` }),
  "teams.info": pick("team_id"),
  "teams.bulkMemberAdd": (of) => ({ team_id: `team-${of}`, members: [{ role: "user", user_id: `organizationAdmin-${of}` }] }),
  "teams.memberAdd": (of) => ({ team_id: `team-${of}`, member: { role: "user", user_id: `organizationAdmin-${of}` } }),
  "teams.memberUpdate": (of) => ({ team_id: `team-${of}`, user_id: `user-${of}`, role: "user" }),
  "teams.memberDelete": pick("team_id", "user_id"),
  "teams.bulkMemberUpdate": (of) => ({ team_id: `team-${of}`, members: [{ user_id: `user-${of}`, max_budget_in_team: 1 }] }),
  "teams.bulkMemberDelete": (of) => ({ team_id: `team-${of}`, members: [{ user_id: `user-${of}` }] }),
  "teams.permissionsUpdate": (of) => ({ team_id: `team-${of}`, team_member_permissions: ["/key/info"] }),
  "teams.permissionsBulkUpdate": (of) => ({ team_ids: [`team-${of}`], permissions: ["/key/info"] }),
  "organizations.new": () => ({ organization_alias: "New" }),
  "organizations.memberAdd": (of) => ({
    organization_id: `organization-${of}`,
    member: { role: "internal_user", user_id: `viewer-${of}` },
  }),
  "organizations.memberUpdate": (of) => ({ organization_id: `organization-${of}`, user_id: `user-${of}`, role: "internal_user_viewer" }),
  "organizations.memberDelete": pick("organization_id", "user_id"),
  "customers.new": (of) => ({ user_id: `new-customer-${of}` }),
  "customers.update": (of) => ({ user_id: `customer-${of}`, alias: "renamed" }),
  "customers.delete": (of) => ({ user_ids: [`customer-${of}`] }),
  "customers.block": (of) => ({ user_ids: [`customer-${of}`] }),
  "customers.unblock": (of) => ({ user_ids: [`customer-${of}`] }),
  "budgets.new": () => ({ max_budget: 1 }),
  "budgets.update": (of) => ({ budget_id: `budget-${of}`, max_budget: 1 }),
  "tags.new": (of) => ({ name: `new-tag-${of}` }),
  "accessGroups.newOfModels": (of) => ({ access_group: `new-group-${of}`, model_names: ["more-stored"] }),
  "accessGroups.updateOfModels": (of) => ({ access_group: `group-of-models-${of}`, model_names: ["more-stored"] }),
  "credentials.new": (of) => ({
    credential_name: `new-credential-${of}`,
    credential_info: {},
    credential_values: { api_key: "sk-of-a-provider" },
  }),
  "credentials.update": (of) => ({ credential_name: `credential-${of}`, credential_info: { description: "changed" } }),
  "models.new": model,
  "models.update": (of) => ({ model_info: { id: `model-${of}` }, litellm_params: { rpm: 5 } }),
  "models.patch": (of) => ({ model_id: `model-${of}`, litellm_params: { rpm: 5 } }),
  "models.delete": (of) => ({ id: `model-${of}` }),
  "models.block": (of) => ({ id: `model-${of}` }),
  "models.unblock": (of) => ({ id: `model-${of}` }),
  "spend.log": (of) => ({ request_id: `call-${of}` }),
  "spend.calculate": () => ({ model: "fast", messages: [{ role: "user", content: "Hi" }] }),
  "spend.byCustomer": () => ({}),
  "activity.users": (of) => ({ ...pick("start_date", "end_date")(of), user_id: `user-${of}` }),
  "activity.usersInOne": (of) => ({ ...pick("start_date", "end_date")(of), user_id: `user-${of}` }),
  "activity.teams": (of) => ({ ...pick("start_date", "end_date")(of), team_ids: `team-${of}` }),
  "activity.teamsInOne": (of) => ({ ...pick("start_date", "end_date")(of), team_ids: `team-${of}` }),
  "activity.organizations": (of) => ({ ...pick("start_date", "end_date")(of), organization_ids: `organization-${of}` }),
  "activity.organizationsInOne": (of) => ({ ...pick("start_date", "end_date")(of), organization_ids: `organization-${of}` }),
  "config.list": () => ({ config_type: "general_settings" }),
  "config.fieldInfo": () => ({ field_name: "max_parallel_requests" }),
  "config.fieldUpdate": () => ({ config_type: "general_settings", field_name: "max_parallel_requests", field_value: 5 }),
  "config.fieldDelete": () => ({ config_type: "general_settings", field_name: "max_parallel_requests" }),
  "config.update": () => ({ litellm_settings: { drop_params: true } }),
  "config.setCostDiscounts": () => ({ discounts: {} }),
  "config.setCostMargins": () => ({ margins: {} }),
  "config.setBlockUnpriced": () => ({ enabled: false }),
  "config.addAllowedIp": () => ({ ip: "203.0.113.5" }),
  "config.deleteAllowedIp": () => ({ ip: "203.0.113.5" }),
  "invitations.info": (of) => ({ invitation_id: sha256(`invitation-${of}`) }),
  "invitations.update": (of) => ({ invitation_id: sha256(`invitation-${of}`), is_accepted: false }),
  "invitations.delete": (of) => ({ invitation_id: sha256(`invitation-${of}`) }),
  "invitations.open": () => ({ invite_link: "no-such-invitation" }),
  "invitations.claim": (of) => ({ invitation_link: "no-such-invitation", user_id: `user-${of}`, password: "Correct-horse-battery-9" }),
  "audit.one": () => ({ id: "00000000-0000-4000-8000-000000000000" }),
};

export function askOf(row: Row, of: Tenant): Asked {
  const required = Object.entries(row.input.shape).flatMap(([field, schema]) => (schema.safeParse(undefined).success ? [] : [field]));
  const given: Record<string, unknown> = { ...(inputs[row.id] ?? pick(...required))(of) };
  const path = row.path.replace(/\{(\w+)\}/g, (_, name: string) => {
    const value = String(given[name]);
    delete given[name];
    return encodeURIComponent(value);
  });
  if (row.method !== "GET") return { method: row.method, url: path, body: row.bodyIn ? (given[row.bodyIn] as object) : given };
  const query = new URLSearchParams(Object.fromEntries(Object.entries(given).map(([name, value]) => [name, String(value)]))).toString();
  return { method: row.method, url: query === "" ? path : `${path}?${query}` };
}
