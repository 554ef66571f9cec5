/** Calls, tokens and spend by day: of users, teams, organizations, customers and tags, and of the whole gateway. */

import type { Principal } from "../access/principal.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { activity, activityByModel, gatewayActivity } from "../spend/activity.ts";
import { cacheHits } from "../spend/cache-hits.ts";
import { type ActivityOf, type ActivityReply, dailyActivity } from "../spend/daily-activity.ts";
import { exceptions } from "../spend/exceptions.ts";
import { customerNames } from "../spend/reports.ts";
import type { Days } from "../spend/where.ts";
import { requireOwnOrganizations, requireVisibleTeams, usersAsked } from "./activity-access.ts";
import type { ManagementParts } from "./parts.ts";
import { dayAt, daysBetween, hashOf, recentDays, spendScopeOf } from "./spend-scope.ts";

/** What all daily activities are asked with. */
interface Asked {
  readonly start_date: string;
  readonly end_date: string;
  readonly model?: string;
  readonly api_key?: string;
  /** Undefined: all days in one page. */
  readonly page?: number;
  readonly page_size?: number;
  readonly api_key_limit?: number;
  readonly timezone?: number;
  readonly include_current_utc_day?: boolean;
}

interface Whose {
  readonly of: ActivityOf;
  readonly ids?: readonly string[];
  readonly except?: readonly string[];
}

export function createActivity(parts: ManagementParts): AreaHandlers<"activity"> {
  return { ...createDailyActivity(parts), ...createGlobalActivity(parts) };
}

type Daily = Omit<AreaHandlers<"activity">, keyof ReturnType<typeof createGlobalActivity>>;

function createDailyActivity({ database, clock }: ManagementParts): Daily {
  const daily = (whose: Whose, asked: Asked, who: Principal): Promise<ActivityReply> =>
    dailyActivity(database, {
      ...whose,
      days: daysOf(asked, clock.now()),
      keyHash: hashOf(asked.api_key),
      model: asked.model,
      page: asked.page,
      pageSize: asked.page_size,
      keyLimit: asked.api_key_limit,
      scope: spendScopeOf(who),
    });

  const users = (input: Asked & { readonly user_id?: string }, who: Principal) =>
    daily({ of: "user", ids: usersAsked(input.user_id, who) }, input, who);

  async function teams(input: Asked & { readonly team_ids?: string[]; readonly exclude_team_ids?: string[] }, who: Principal) {
    await requireVisibleTeams(input.team_ids, who, database.sql);
    return daily({ of: "team", ids: input.team_ids, except: input.exclude_team_ids }, input, who);
  }

  type OfOrganizations = { readonly organization_ids?: string[]; readonly exclude_organization_ids?: string[] };
  function organizations(input: Asked & OfOrganizations, who: Principal) {
    requireOwnOrganizations(input.organization_ids, who);
    return daily({ of: "organization", ids: input.organization_ids, except: input.exclude_organization_ids }, input, who);
  }

  type OfCustomers = { readonly end_user_ids?: string[]; readonly exclude_end_user_ids?: string[] };
  const customers = (input: Asked & OfCustomers, who: Principal) =>
    daily({ of: "customer", ids: input.end_user_ids, except: input.exclude_end_user_ids }, input, who);

  const tags = (input: Asked & { readonly tags?: string[] }, who: Principal) => daily({ of: "tag", ids: input.tags }, input, who);

  return {
    users: async (input, { principal }) => users(input, principal),
    usersInOne: async (input, { principal }) => users(input, principal),
    teams: (input, { principal }) => teams(input, principal),
    teamsInOne: (input, { principal }) => teams(input, principal),
    organizations: async (input, { principal }) => organizations(input, principal),
    organizationsInOne: async (input, { principal }) => organizations(input, principal),
    customers: (input, { principal }) => customers(input, principal),
    customersInOne: (input, { principal }) => customers(input, principal),
    tags: (input, { principal }) => tags(input, principal),
    tagsInOne: (input, { principal }) => tags(input, principal),
  };
}

const MINUTE_MS = 60_000;

/**
 * Sums are by UTC days, so a local day cannot be cut out of them. Who asks up to the local today and says
 * `include_current_utc_day` has the UTC day that is under way as well: nothing is in it but what is new.
 */
function daysOf({ start_date: from, end_date: to, timezone = 0, include_current_utc_day: live }: Asked, now: number): Days {
  const today = dayAt(now);
  const reachesToday = to >= dayAt(now - timezone * MINUTE_MS);
  return { from, to: live && reachesToday && today > to ? today : to };
}

function createGlobalActivity({ database, clock }: ManagementParts) {
  return {
    gateway: (between, { principal }) => gatewayActivity(database, { days: daysBetween(between), scope: spendScopeOf(principal) }),
    total: (between, { principal }) => activity(database, { days: daysBetween(between), scope: spendScopeOf(principal) }),
    byModel: (between, { principal }) => activityByModel(database, { days: daysBetween(between), scope: spendScopeOf(principal) }),
    cacheHits: (between, { principal }) => cacheHits(database, { days: recentDays(between, clock.now()), scope: spendScopeOf(principal) }),
    exceptions: ({ model_group: modelGroup, ...between }, { principal }) =>
      exceptions(database, { days: recentDays(between, clock.now()), modelGroup, scope: spendScopeOf(principal) }),
    allCustomers: (_input, { principal }) => customerNames(database, spendScopeOf(principal)),
  } satisfies AreaHandlers<"activity">;
}
