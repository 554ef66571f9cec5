/** Settings of the store, the books and the limits, in our units. */

import { databaseUrlFrom } from "../store/postgres-address.ts";
import type { Environment } from "./environment-references.ts";
import type { GeneralSettings, LitellmSettings, RoutingSettings } from "./schema.ts";

export interface StoreSettings {
  /** Undefined: the embedded database. */
  readonly databaseUrl?: string;
  readonly poolSize: number;
  readonly connectTimeoutMs: number;
  readonly storeModelsInDatabase: boolean;
  /** Keys that cannot be looked up are let in while the database is away. */
  readonly admitWhenAway: boolean;
  readonly keyFreshMs: number;
  readonly redis?: {
    readonly url?: string;
    readonly host?: string;
    readonly port?: number;
    readonly password?: string;
    readonly tls?: boolean;
  };
}

export interface LimitSettings {
  readonly rateWindowMs: number;
  readonly timezone: string;
  readonly budgetEdge: "shorten" | "refuse" | "overrun";
  readonly budgetExceededStatus: number;
  /** The most output tokens that are reserved for a call that names no limit of its own. */
  readonly reserveOutputTokens: number;
  /** How long a call may wait for room that calls in flight may give back. */
  readonly budgetWaitMs: number;
  readonly globalParallel?: number;
  /** Dollars, for the whole gateway. */
  readonly globalMaxBudget?: number;
  readonly globalBudgetDuration?: string;
  readonly customerMaxBudget?: number;
  readonly customerBudgetId?: string;
  readonly tokenRateType: "total" | "input" | "output";
  readonly skipUserBudgetOnTeamKey: boolean;
}

export interface BookSettings {
  readonly disableLogs: boolean;
  readonly disableTotals: boolean;
  readonly disableErrorLogs: boolean;
  readonly storePrompts: boolean;
  /** Only that there were messages and an answer is kept. */
  readonly redactPrompts: boolean;
  /** Text such as `30d`; undefined: for ever. */
  readonly retention?: string;
  readonly writeEveryMs: number;
  readonly fsyncAlways: boolean;
}

export interface AccessSettings {
  readonly allowedIps?: readonly string[];
  readonly trustForwardedFor: boolean;
  readonly trustedProxies: readonly string[];
  readonly customerHeaders: readonly string[];
  readonly rejectClientTags: boolean;
  readonly enforcedParams: readonly string[];
  readonly enforceUser: boolean;
  readonly adminOnlyRoutes: readonly string[];
}

interface Sources {
  readonly litellm: LitellmSettings;
  readonly router: RoutingSettings;
  readonly general: GeneralSettings;
  readonly env: Environment;
}

export function storeSettings({ general, router, env }: Sources): StoreSettings {
  const url = general.database_url ?? given(env["DATABASE_URL"]) ?? urlOfParts(env);
  return {
    ...(url !== undefined && { databaseUrl: url }),
    poolSize: general.database_connection_pool_limit ?? 10,
    connectTimeoutMs: (general.database_connection_timeout ?? 60) * 1000,
    storeModelsInDatabase: general.store_model_in_db ?? given(env["STORE_MODEL_IN_DB"])?.toLowerCase() !== "false",
    admitWhenAway: general.allow_requests_on_db_unavailable ?? false,
    keyFreshMs: (general.user_api_key_cache_ttl ?? 60) * 1000,
    redis: redisOf(router, env),
  };
}

/** LiteLLM's variables for people who have no URL. */
function urlOfParts(env: Environment): string | undefined {
  return databaseUrlFrom({
    host: given(env["DATABASE_HOST"]),
    port: given(env["DATABASE_PORT"]),
    user: given(env["DATABASE_USERNAME"]) ?? given(env["DATABASE_USER"]),
    password: given(env["DATABASE_PASSWORD"]),
    name: given(env["DATABASE_NAME"]),
    schema: given(env["DATABASE_SCHEMA"]),
  });
}

function redisOf(router: RoutingSettings, env: Environment): StoreSettings["redis"] {
  const url = router.redis_url ?? given(env["REDIS_URL"]);
  const host = router.redis_host ?? given(env["REDIS_HOST"]);
  if (!url && !host) return undefined;
  const port = router.redis_port ?? Number(given(env["REDIS_PORT"]) ?? 6379);
  const password = router.redis_password ?? given(env["REDIS_PASSWORD"]);
  return {
    ...(url && { url }),
    ...(host && { host, port }),
    ...(password && { password }),
    ...(given(env["REDIS_SSL"])?.toLowerCase() === "true" && { tls: true }),
  };
}

export function limitSettings({ litellm, general, env }: Sources): LimitSettings {
  return {
    rateWindowMs: Number(given(env["LITELLM_RATE_LIMIT_WINDOW_SIZE"]) ?? 60) * 1000,
    timezone: litellm.timezone ?? "UTC",
    budgetEdge: general.budget_edge ?? "shorten",
    budgetExceededStatus: general.budget_exceeded_status ?? 429,
    reserveOutputTokens: general.budget_reserve_output_tokens ?? 16_384,
    budgetWaitMs: (general.budget_wait_seconds ?? 2) * 1000,
    globalParallel: general.global_max_parallel_requests,
    globalMaxBudget: litellm.max_budget,
    globalBudgetDuration: litellm.budget_duration,
    customerMaxBudget: litellm.max_end_user_budget,
    customerBudgetId: litellm.max_end_user_budget_id,
    tokenRateType: general.token_rate_limit_type ?? "total",
    skipUserBudgetOnTeamKey: general.skip_user_budget_on_team_key ?? false,
  };
}

export function bookSettings({ litellm, general }: Sources): BookSettings {
  return {
    disableLogs: general.disable_spend_logs ?? false,
    disableTotals: general.disable_spend_updates ?? false,
    disableErrorLogs: general.disable_error_logs ?? false,
    storePrompts: general.store_prompts_in_spend_logs ?? false,
    redactPrompts: litellm.turn_off_message_logging ?? false,
    retention: general.maximum_spend_logs_retention_period,
    writeEveryMs: Math.min((general.proxy_batch_write_at ?? 1) * 1000, 10_000),
    fsyncAlways: general.spool_fsync === "always",
  };
}

export function accessSettings({ general }: Sources): AccessSettings {
  const mapped = (general.user_header_mappings ?? [])
    .filter((each) => String(each["litellm_user_role"] ?? "customer").toLowerCase() === "customer")
    .flatMap((each) => (typeof each["header_name"] === "string" ? [each["header_name"].toLowerCase()] : []));
  return {
    allowedIps: general.allowed_ips,
    trustForwardedFor: general.use_x_forwarded_for ?? false,
    trustedProxies: general.trusted_proxies ?? [],
    customerHeaders: [
      "x-litellm-customer-id",
      "x-litellm-end-user-id",
      ...mapped,
      ...(general.user_header_name ? [general.user_header_name.toLowerCase()] : []),
    ],
    rejectClientTags: general.reject_clientside_metadata_tags ?? false,
    enforcedParams: general.enforced_params ?? [],
    enforceUser: general.enforce_user_param ?? false,
    adminOnlyRoutes: general.admin_only_routes ?? [],
  };
}

function given(text: string | undefined): string | undefined {
  return text === undefined || text === "" ? undefined : text;
}
