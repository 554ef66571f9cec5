/** What was spent: sums of all kinds. Logs, whole keys and users, prices and the reset stand in files of their own. */

import type { BuiltHouse } from "tollgate/parts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { groupedReport } from "../spend/grouped-report.ts";
import {
  spendByCustomer,
  spendByDay,
  spendByKey,
  spendByModel,
  spendByProvider,
  spendByTag,
  spendByTeam,
  spendPerTag,
  tagNames,
  totalSpend,
} from "../spend/reports.ts";
import type { ManagementParts } from "./parts.ts";
import { createSpendCalculator } from "./spend-calculate.ts";
import { createSpendLogs } from "./spend-logs.ts";
import { createSpendReset } from "./spend-reset.ts";
import { dayAt, daysBetween, hashOf, momentOf, recentDays, spendScopeOf } from "./spend-scope.ts";
import { createTopSpenders } from "./spend-top.ts";

export interface SpendParts {
  /** Knows models and their prices. */
  readonly house: Pick<BuiltHouse, "router" | "compile" | "cost">;
  /** `litellm_settings.max_budget`: dollars. */
  readonly maxBudget?: number;
}

export function createSpend(parts: ManagementParts, { house, maxBudget }: SpendParts): AreaHandlers<"spend"> {
  return {
    ...createSpendLogs(parts),
    ...createTopSpenders(parts),
    ...createSpendReset(parts),
    ...createSpendCalculator(house),
    ...createSpendSums(parts, maxBudget),
  };
}

function createSpendSums({ database, clock }: ManagementParts, maxBudget: number | undefined): AreaHandlers<"spend"> {
  const recent = () => recentDays({}, clock.now());
  return {
    async total(_input, { principal }) {
      return { spend: await totalSpend(database, { scope: spendScopeOf(principal) }), max_budget: maxBudget ?? null };
    },
    report: ({ group_by = "team", api_key, internal_user_id, team_id, customer_id, ...between }, { principal }) =>
      groupedReport(database, {
        days: daysBetween(between),
        groupBy: group_by,
        keyHash: hashOf(api_key),
        userId: internal_user_id,
        teamId: team_id,
        customerId: customer_id,
        scope: spendScopeOf(principal),
      }),
    byKey: ({ limit }, { principal }) => spendByKey(database, { days: recent(), limit, scope: spendScopeOf(principal) }),
    byModel: ({ limit }, { principal }) => spendByModel(database, { days: recent(), limit, scope: spendScopeOf(principal) }),
    byTeam: (between, { principal }) => spendByTeam(database, { days: recentDays(between, clock.now()), scope: spendScopeOf(principal) }),
    byProvider: (between, { principal }) =>
      spendByProvider(database, { days: recentDays(between, clock.now()), scope: spendScopeOf(principal) }),
    byDay: ({ api_key }, { principal }) =>
      spendByDay(database, { days: recent(), keyHash: hashOf(api_key), scope: spendScopeOf(principal) }),
    byCustomer: ({ api_key, startTime, endTime }, { principal }) =>
      spendByCustomer(database, {
        days: recentDays({ start_date: dayOf(startTime, "begin"), end_date: dayOf(endTime, "end") }, clock.now()),
        keyHash: hashOf(api_key),
        scope: spendScopeOf(principal),
      }),
    tags: (between, { principal }) => spendByTag(database, { days: daysBetween(between), scope: spendScopeOf(principal) }),
    byTag: ({ tags, ...between }, { principal }) =>
      spendPerTag(database, { days: daysBetween(between), scope: spendScopeOf(principal) }, allTags(tags)),
    tagNames: (_input, { principal }) => tagNames(database, spendScopeOf(principal)),
  };
}

/** LiteLLM's dashboard asks for "all-tags". */
function allTags(tags: readonly string[] | undefined): readonly string[] | undefined {
  return tags?.includes("all-tags") ? undefined : tags;
}

function dayOf(moment: string | undefined, edge: "begin" | "end"): string | undefined {
  const at = momentOf(moment, edge);
  return at && dayAt(at.getTime());
}
