/** Whose spend a caller may see, and of which days: what every report is asked with. */

import { GatewayError } from "tollgate/parts";
import type { Principal } from "../access/principal.ts";
import { scopeOf } from "../access/scope.ts";
import type { Days, Scope } from "../spend/where.ts";
import { tokenOf } from "./key-fields.ts";

/** With this a team lets all its members see what the whole team spends. */
const SEES_TEAM = "/team/daily/activity";

/** Undefined: everything. Else what oneself and the own key spent, and the teams and organizations that one administers. */
export function spendScopeOf(who: Principal): Scope | undefined {
  const { all, userId, keyHash, adminTeams, adminOrganizations } = scopeOf(who);
  if (all) return undefined;
  const shown = who.teamId !== undefined && who.teamPermissions?.includes(SEES_TEAM) ? [who.teamId] : [];
  return {
    keyHashes: keyHash === undefined ? [] : [keyHash],
    userIds: userId === undefined ? [] : [userId],
    teamIds: [...adminTeams, ...shown],
    organizationIds: adminOrganizations,
  };
}

/** SHA-256 of a key that was named by itself or by its hash. */
export function hashOf(key: string | undefined): string | undefined {
  return key === undefined ? undefined : tokenOf(key);
}

export interface Between {
  readonly start_date?: string;
  readonly end_date?: string;
}

export function daysBetween({ start_date: from, end_date: to }: Between): Days {
  return { ...(from !== undefined && { from }), ...(to !== undefined && { to }) };
}

const DAY_MS = 86_400_000;
const USUAL_DAYS = 30;

/** As asked; without a begin the last thirty days. */
export function recentDays(between: Between, now: number): Days & { readonly from: string } {
  const end = between.end_date === undefined ? now : Date.parse(between.end_date);
  return { from: dayAt(end - USUAL_DAYS * DAY_MS), ...daysBetween(between) };
}

export function dayAt(milliseconds: number): string {
  return new Date(milliseconds).toISOString().slice(0, 10);
}

/** A date alone is the whole day, whole seconds are the whole second; without a zone UTC is meant. */
export function momentOf(text: string | undefined, edge: "begin" | "end"): Date | undefined {
  if (text === undefined) return undefined;
  const [, day, time = edge === "begin" ? "00:00:00" : "23:59:59", part = edge === "begin" ? ".000" : ".999", zone = "Z"] =
    /^(\d{4}-\d{2}-\d{2})(?:[T ](\d{2}:\d{2}(?::\d{2})?)(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?$/.exec(text) ?? [];
  const seconds = time.length === 5 ? `${time}:${edge === "begin" ? "00" : "59"}` : time;
  const moment = new Date(`${day}T${seconds}${part.slice(0, 4)}${zone.replace(/^([+-]\d\d)(\d\d)$/, "$1:$2")}`);
  if (Number.isNaN(moment.getTime()))
    throw new GatewayError("bad_request", `'${text.slice(0, 100)}' is no moment: write YYYY-MM-DD or YYYY-MM-DDTHH:MM:SSZ.`);
  return moment;
}
