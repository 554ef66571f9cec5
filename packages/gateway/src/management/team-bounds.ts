/** How far the limits of a team may go: not beyond its organization's, and not up by the hand of its own admins. */

import { GatewayError } from "tollgate/parts";
import { refusedBy } from "../access/model-access.ts";
import { listOf, mapOf } from "./limited-row.ts";
import type { ManagementParts } from "./parts.ts";
import type { TeamRow } from "./team-access.ts";

type Fields = Readonly<Record<string, unknown>>;

const amounts = ["max_budget", "rpm_limit", "tpm_limit", "tpd_limit", "max_parallel_requests"] as const;

/** `after`: the team's settings as they will be. Throws bad_request, not_found. */
export async function refuseBeyondOrganization(id: string, after: Fields, { database, isKnownModel }: ManagementParts): Promise<void> {
  const row = await database.sql
    .selectFrom("organizations")
    .leftJoin("budgets", "budgets.budget_id", "organizations.budget_id")
    .select(["organization_alias", "organizations.settings as own", "budgets.settings as shared"])
    .where("organization_id", "=", id)
    .executeTakeFirst();
  if (!row) throw new GatewayError("not_found", `There is no organization '${id}'.`, { param: "organization_id" });
  const limits: Fields = { ...row.shared, ...row.own };
  for (const field of amounts) {
    const asked = after[field];
    const most = limits[field];
    if (typeof asked === "number" && typeof most === "number" && asked > most)
      throw beyond(field, `its organization ${row.organization_alias} has ${most}`);
  }
  const allowed = listOf(limits["models"]);
  // A name that is no model may be an access group: calls are checked against what that stands for.
  if (allowed.length === 0 || allowed.includes("all-proxy-models") || !allowed.every((name) => name.includes("*") || isKnownModel(name)))
    return;
  for (const model of listOf(after["models"]))
    if (
      model !== "all-proxy-models" &&
      refusedBy(model, [{ level: "organization", name: row.organization_alias, allowed }]) &&
      isKnownModel(model)
    )
      throw beyond("models", `its organization ${row.organization_alias} may not use ${model}`);
}

/** Who may change what limits everybody in the team: not those who are limited by it. */
const notByAdmins = [
  ...["organization_id", "blocked", "budget_duration", "budget_limits", "model_max_budget", "model_rpm_limit", "model_tpm_limit"],
  ...["access_group_ids", "allowed_passthrough_routes", "denied_passthrough_routes", "object_permission", "router_settings"],
  ...["secret_manager_settings", "enforced_batch_output_expires_after", "enforced_file_expires_after", "mcp_rpm_limit"],
] as const;

/** Metadata can hold limits as well, under these names. */
const limitsInMetadata = ["model_rpm_limit", "model_tpm_limit", "temp_budget_increase", "temp_budget_expiry"] as const;

/** What an admin of the team may change: limits downwards, models to fewer of them. Throws forbidden. */
export function refuseWidening(given: Fields, row: TeamRow): void {
  const before = row.settings;
  for (const field of notByAdmins)
    if (
      given[field] !== undefined &&
      !isSame(given[field], field === "blocked" || field === "organization_id" ? row[field] : before[field])
    )
      throw raised(field);
  for (const field of amounts) {
    const asked = given[field];
    const most = before[field];
    if (asked === undefined || typeof most !== "number") continue;
    if (typeof asked !== "number" || asked > most) throw raised(field);
  }
  const allowed = listOf(before["models"]);
  if (given["models"] !== undefined && allowed.length > 0 && !allowed.includes("all-proxy-models")) {
    const asked = listOf(given["models"]);
    if (asked.length === 0 || asked.some((model) => refusedBy(model, [{ level: "team", name: row.team_id, allowed }])))
      throw raised("models");
  }
  refuseLimitsInMetadata(given, before);
}

export function refuseLimitsInMetadata(given: Fields, before: Fields): void {
  if (given["metadata"] === undefined) return;
  const asked = mapOf(given["metadata"]) ?? {};
  for (const field of limitsInMetadata) if (!isSame(asked[field], mapOf(before["metadata"])?.[field])) throw raised(`metadata.${field}`);
}

/** Clients that send every field send those that stay as they are, too. */
export function isSame(asked: unknown, before: unknown): boolean {
  return JSON.stringify(asked ?? null) === JSON.stringify(before ?? null);
}

function beyond(field: string, why: string): GatewayError {
  return new GatewayError("bad_request", `'${field}' goes beyond what the team may have: ${why}.`, { param: field });
}

function raised(field: string): GatewayError {
  return new GatewayError("forbidden", `'${field}' limits those who send it, so they may not widen it. Ask an administrator.`, {
    param: field,
    type: "auth_error",
    code: "field_not_allowed",
  });
}
