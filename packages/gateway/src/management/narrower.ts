/** A key's rights are never more than its maker's. */

import { GatewayError } from "tollgate/parts";
import { refusedBy } from "../access/model-access.ts";
import type { Principal } from "../access/principal.ts";
import { fitsRoutes, isRouteGroup } from "../access/route-access.ts";

type Fields = Readonly<Record<string, unknown>>;

const limits: readonly (readonly [field: string, of: "requestsPerMinute" | "tokensPerMinute" | "tokensPerDay" | "parallel"])[] = [
  ["rpm_limit", "requestsPerMinute"],
  ["tpm_limit", "tokensPerMinute"],
  ["tpd_limit", "tokensPerDay"],
  ["max_parallel_requests", "parallel"],
];

/** Throws forbidden with the field. `given` is what a caller below proxy_admin wants a key to have. */
export function refuseWider(who: Principal, given: Fields): void {
  refuseModels(who, given);
  refuseLimits(who, given);
  refuseRoutes(who, given);
  for (const field of ["permissions", "spend", "budget_id", "allowed_passthrough_routes"]) {
    const value = given[field];
    if (value === undefined || value === null || value === 0 || (typeof value === "object" && Object.keys(value).length === 0)) continue;
    throw wider(field, "only an administrator may set it");
  }
}

/**
 * What a key leaves open when it makes another is as the key itself has it: a key of one model must not make a key of all. What user,
 * team and organization have bounds the new key anyway.
 */
export function withOwnBounds<T extends Fields>(who: Principal, given: T): T {
  if (who.role === "proxy_admin" || who.keyHash === undefined) return given;
  const filled: Record<string, unknown> = { ...given };
  const own = who.models.find(({ level }) => level === "key");
  if (own && !(Array.isArray(filled["models"]) && filled["models"].length > 0)) filled["models"] = [...own.allowed];
  const bounds = who.subjects.find(({ level }) => level === "key")?.limits;
  for (const [field, of] of limits) filled[field] ??= bounds?.[of];
  const [budget] = bounds?.budgets ?? [];
  if (budget && (filled["max_budget"] ?? undefined) === undefined) {
    filled["max_budget"] = budget.limitNano / 1e9;
    filled["budget_duration"] ??= budget.duration;
  }
  return filled as T;
}

function refuseModels(who: Principal, given: Fields): void {
  const names = Array.isArray(given["models"]) ? (given["models"] as string[]) : [];
  for (const model of names) {
    if (model === "all-team-models" || model === "no-default-models") continue;
    if (model === "all-proxy-models" ? who.models.length > 0 : refusedBy(model, who.models))
      throw wider("models", `you may not use ${model} yourself`);
  }
}

function refuseLimits(who: Principal, given: Fields): void {
  for (const { level, name, limits: own } of who.subjects) {
    for (const [field, of] of limits) {
      const asked = given[field];
      const most = own[of];
      if (typeof asked === "number" && most !== undefined && asked > most)
        throw wider(field, `the ${level} ${name} has a limit of ${most}`);
    }
    const budget = given["max_budget"];
    for (const { limitNano } of own.budgets)
      if (typeof budget === "number" && budget * 1e9 > limitNano)
        throw wider("max_budget", `the ${level} ${name} has ${limitNano / 1e9} US dollars`);
  }
}

function refuseRoutes({ allowedRoutes }: Principal, given: Fields): void {
  if (allowedRoutes === undefined) return;
  const asked = Array.isArray(given["allowed_routes"]) ? (given["allowed_routes"] as string[]) : [];
  if (asked.length === 0) throw wider("allowed_routes", `yours are ${allowedRoutes.join(", ")}: name some of these`);
  for (const route of asked)
    if (!allowedRoutes.includes(route) && (isRouteGroup(route) || !fitsRoutes(route, allowedRoutes)))
      throw wider("allowed_routes", `you may not call ${route} yourself`);
}

function wider(field: string, why: string): GatewayError {
  return new GatewayError("forbidden", `'${field}' would give the key more than you have: ${why}.`, { param: field, type: "auth_error" });
}
