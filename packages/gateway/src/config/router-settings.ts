/** `router_settings` laid over `litellm_settings` and LiteLLM's defaults, in the router's units. */

import type { RouterSettings } from "tollgate/parts";
import type { Environment } from "./environment-references.ts";
import type { LitellmSettings, RoutingSettings } from "./schema.ts";
import { readNumber } from "./value-types.ts";

const none: ReadonlyMap<string, never> = new Map<string, never>();

interface Sources {
  readonly litellm: LitellmSettings;
  readonly router: RoutingSettings;
  readonly env: Environment;
  /** Seconds, from the command line. */
  readonly requestTimeout?: number;
}

export function routerSettingsOf({ litellm, router, env, requestTimeout }: Sources): RouterSettings {
  const byEnv = (name: string): number | undefined => readNumber(env[name]);
  const fallbacks = router.fallbacks ?? litellm.fallbacks ?? none;
  const timeout = requestTimeout ?? router.timeout ?? litellm.request_timeout ?? byEnv("REQUEST_TIMEOUT") ?? 600;
  const allowedFails = router.allowed_fails ?? litellm.allowed_fails ?? byEnv("DEFAULT_ALLOWED_FAILS");
  return {
    strategy: router.routing_strategy ?? "simple-shuffle",
    numRetries: router.num_retries ?? litellm.num_retries ?? byEnv("DEFAULT_MAX_RETRIES") ?? 2,
    retryAfterMs: (router.retry_after ?? 0) * 1000,
    timeoutMs: timeout * 1000,
    ...(router.stream_timeout !== undefined && { streamTimeoutMs: router.stream_timeout * 1000 }),
    ...(allowedFails !== undefined && { allowedFails }),
    cooldownMs: (router.cooldown_time ?? litellm.cooldown_time ?? byEnv("DEFAULT_COOLDOWN_TIME_SECONDS") ?? 5) * 1000,
    disableCooldowns: router.disable_cooldowns ?? false,
    fallbacks,
    contextWindowFallbacks: router.context_window_fallbacks ?? litellm.context_window_fallbacks ?? none,
    contentPolicyFallbacks: router.content_policy_fallbacks ?? litellm.content_policy_fallbacks ?? none,
    defaultFallbacks: router.default_fallbacks ?? litellm.default_fallbacks ?? fallbacks.get("*") ?? [],
    maxFallbacks: router.max_fallbacks ?? byEnv("ROUTER_MAX_FALLBACKS") ?? 5,
    aliases: router.model_group_alias ?? none,
    retryPolicy: router.retry_policy ?? {},
    groupRetryPolicy: router.model_group_retry_policy ?? none,
    allowedFailsPolicy: router.allowed_fails_policy ?? {},
  };
}
