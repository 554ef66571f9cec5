/** Settings as they were given → limits in our units: whole nano-dollars, plain numbers. */

import { nanoOf } from "tollgate/parts";
import type { Budget, LimitSet, ModelLimits, Rates } from "./principal.ts";
import type { SettingsRow } from "./rows.ts";

/** `now` decides whether a temporary increase still counts. */
export function limitSetOf(settings: SettingsRow, now: number): LimitSet {
  const soft = amount(settings["soft_budget"]);
  const perModel = perModelOf(settings);
  return {
    ...ratesOf(settings),
    budgets: budgetsOf(settings, now),
    ...(soft !== undefined && { softBudgetNano: nanoOf(soft) }),
    ...(perModel.length > 0 && { perModel }),
  };
}

function ratesOf(settings: SettingsRow): Rates {
  return {
    requestsPerMinute: amount(settings["rpm_limit"]),
    tokensPerMinute: amount(settings["tpm_limit"]),
    tokensPerDay: amount(settings["tpd_limit"]),
    parallel: amount(settings["max_parallel_requests"]),
  };
}

function budgetsOf(settings: SettingsRow, now: number): Budget[] {
  const budgets: Budget[] = [];
  const main = amount(settings["max_budget"]);
  if (main !== undefined) budgets.push(budget(main + increaseOf(settings, now), settings["budget_duration"]));
  const windows = settings["budget_limits"];
  if (Array.isArray(windows)) {
    for (const each of windows as SettingsRow[]) {
      const most = amount(each["max_budget"]);
      if (most !== undefined) budgets.push(budget(most, each["budget_duration"]));
    }
  }
  return budgets;
}

/** When the limits of these settings will be others though nobody changes them: the end of a temporary increase. */
export function limitsUntil(settings: SettingsRow, now: number): number {
  return increaseOf(settings, now) > 0 ? raiseEnds(settings) : Number.POSITIVE_INFINITY;
}

function raiseEnds(settings: SettingsRow): number {
  const until = settings["temp_budget_expiry"] ?? fields(settings["metadata"])["temp_budget_expiry"];
  return typeof until === "string" ? Date.parse(until) : Number.NaN;
}

function increaseOf(settings: SettingsRow, now: number): number {
  const increase = amount(settings["temp_budget_increase"] ?? fields(settings["metadata"])["temp_budget_increase"]);
  return increase !== undefined && raiseEnds(settings) > now ? increase : 0;
}

function perModelOf(settings: SettingsRow): ModelLimits[] {
  const metadata = fields(settings["metadata"]);
  const requests = fields(settings["model_rpm_limit"] ?? metadata["model_rpm_limit"]);
  const tokens = fields(settings["model_tpm_limit"] ?? metadata["model_tpm_limit"]);
  const money = fields(settings["model_max_budget"]);
  const names = new Set([...Object.keys(requests), ...Object.keys(tokens), ...Object.keys(money)]);
  return [...names].map((model) => {
    const row = typeof money[model] === "number" ? { max_budget: money[model] } : fields(money[model]);
    const most = amount(row["max_budget"] ?? row["budget_limit"]);
    return {
      model,
      requestsPerMinute: amount(requests[model] ?? row["rpm_limit"]),
      tokensPerMinute: amount(tokens[model] ?? row["tpm_limit"]),
      budgets: most === undefined ? [] : [budget(most, row["budget_duration"] ?? row["time_period"])],
    };
  });
}

function budget(dollars: number, duration: unknown): Budget {
  return { limitNano: nanoOf(dollars), ...(typeof duration === "string" && duration !== "" && { duration }) };
}

/** The database and older clients may hold numbers as texts. */
function amount(value: unknown): number | undefined {
  if (value === null || value === undefined || value === "") return undefined;
  const number = Number(value);
  return Number.isFinite(number) && number >= 0 ? number : undefined;
}

export function fields(value: unknown): SettingsRow {
  return value !== null && typeof value === "object" && !Array.isArray(value) ? (value as SettingsRow) : {};
}
