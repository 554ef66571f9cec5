/** The spend reports of keys, users, teams and organizations: rows of these areas that the books answer. */

import type { AreaHandlers } from "../http/admin-routes.ts";
import { spendByMember } from "../spend/by-member.ts";
import { groupedReport } from "../spend/grouped-report.ts";
import { requireVisibleTeams } from "./activity-access.ts";
import type { ManagementParts } from "./parts.ts";
import { dayAt, daysBetween, hashOf, recentDays, spendScopeOf } from "./spend-scope.ts";

export interface SpendReports {
  readonly keys: Pick<AreaHandlers<"keys">, "spendReport">;
  readonly users: Pick<AreaHandlers<"users">, "spendReport">;
  readonly teams: Pick<AreaHandlers<"teams">, "spendReport" | "spendByUser">;
  readonly organizations: Pick<AreaHandlers<"organizations">, "spendReport">;
}

export function createSpendReports({ database, clock }: ManagementParts): SpendReports {
  return {
    keys: {
      spendReport: ({ api_key, ...between }, { principal }) =>
        groupedReport(database, {
          days: daysBetween(between),
          groupBy: "api_key",
          keyHash: hashOf(api_key),
          scope: spendScopeOf(principal),
        }),
    },
    users: {
      spendReport: ({ internal_user_id, ...between }, { principal }) =>
        groupedReport(database, {
          days: daysBetween(between),
          groupBy: "internal_user_id",
          userId: internal_user_id,
          scope: spendScopeOf(principal),
        }),
    },
    teams: {
      spendReport: ({ team_id, ...between }, { principal }) =>
        groupedReport(database, { days: daysBetween(between), groupBy: "team", teamId: team_id, scope: spendScopeOf(principal) }),
      async spendByUser({ team_ids: teamIds, ...between }, { principal }) {
        await requireVisibleTeams(teamIds, principal, database.sql);
        const days = recentDays(between, clock.now());
        const results = await spendByMember(database, { days, teamIds, scope: spendScopeOf(principal) });
        return { start_date: days.from, end_date: days.to ?? dayAt(clock.now()), results };
      },
    },
    organizations: {
      spendReport: ({ organization_id, ...between }, { principal }) =>
        groupedReport(database, {
          days: daysBetween(between),
          groupBy: "team",
          organizationId: organization_id,
          scope: spendScopeOf(principal),
        }),
    },
  };
}
