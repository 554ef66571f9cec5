/** Logs of calls: rows, pages, one call with its contents, or sums by day. */

import type { contract, InputOf } from "@tollgate/admin";
import { GatewayError } from "tollgate/parts";
import { notFound } from "../access/scope.ts";
import type { AreaHandlers } from "../http/admin-routes.ts";
import { type LogFilter, logContents, logPage, logRows, logSummary, sessionPage } from "../spend/logs.ts";
import type { ManagementParts } from "./parts.ts";
import { dayAt, hashOf, momentOf, spendScopeOf } from "./spend-scope.ts";

type Pages = InputOf<(typeof contract.spend)["logsV2"]>;

export function createSpendLogs({ database }: ManagementParts): Pick<AreaHandlers<"spend">, "logs" | "logsV2" | "log"> {
  return {
    async logs({ api_key, user_id, request_id, start_date, end_date, summarize }, { principal }) {
      const scope = spendScopeOf(principal);
      const [from, to] = [momentOf(start_date, "begin"), momentOf(end_date, "end")];
      const keyHash = hashOf(api_key);
      if (summarize && from && to && request_id === undefined) {
        const days = { from: dayAt(from.getTime()), to: dayAt(to.getTime()) };
        return logSummary(database, { days, keyHash, userId: user_id, scope });
      }
      return logRows(database, { from, to, keyHash, userId: user_id, requestId: request_id, scope });
    },
    async logsV2(input, { principal }) {
      const { page, page_size: pageSize, sort_by: sortBy, sort_order } = input;
      const filter = { ...filterOf(input), scope: spendScopeOf(principal) };
      if (input.group_by_session) return sessionPage(database, filter, { page, pageSize });
      return logPage(database, filter, { page, pageSize, sortBy, ascending: sort_order === "asc" });
    },
    async log({ request_id }, { principal }) {
      const found = await logContents(database, request_id, spendScopeOf(principal));
      if (!found) throw notFound("request", request_id);
      return found;
    },
  };
}

function filterOf(input: Pages): LogFilter {
  return {
    from: momentOf(input.start_date, "begin"),
    to: momentOf(input.end_date, "end"),
    keyHash: hashOf(input.api_key),
    keyAlias: input.key_alias || undefined,
    userId: input.user_id,
    teamId: input.team_id,
    customerId: input.end_user || undefined,
    requestId: input.request_id,
    sessionId: input.session_id,
    status: statusOf(input.status_filter),
    cacheHit: cacheHitOf(input.cache_hit_filter),
    model: input.model,
    modelId: input.model_id,
    modelGroup: input.model_group,
    minSpend: input.min_spend,
    maxSpend: input.max_spend,
    errorCode: input.error_code || undefined,
    errorMessage: input.error_message || undefined,
    search: input.search || undefined,
  };
}

function statusOf(given: string | undefined): LogFilter["status"] {
  if (!given) return undefined;
  if (given === "success" || given === "failure") return given;
  throw wrong("status_filter", "success or failure");
}

const hits: Readonly<Record<string, boolean>> = { true: true, hit: true, false: false, miss: false, none: false };

function cacheHitOf(given: string | undefined): boolean | undefined {
  if (!given) return undefined;
  const hit = hits[given.toLowerCase()];
  if (hit === undefined) throw wrong("cache_hit_filter", "hit or miss");
  return hit;
}

function wrong(field: string, expected: string): GatewayError {
  return new GatewayError("bad_request", `'${field}' must be ${expected}.`, { param: field });
}
