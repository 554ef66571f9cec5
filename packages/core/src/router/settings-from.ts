/** Router settings from the options that users of the library write; names are those of LiteLLM's Router. */

import type { RouterSettings } from "./router.ts";

type FallbackLists = readonly Readonly<Record<string, readonly string[]>>[];

/** Times in seconds. */
export interface RouterOptions {
  readonly routing_strategy?: string;
  readonly num_retries?: number;
  readonly retry_after?: number;
  readonly timeout?: number;
  readonly stream_timeout?: number;
  readonly allowed_fails?: number;
  readonly cooldown_time?: number;
  readonly disable_cooldowns?: boolean;
  readonly fallbacks?: FallbackLists;
  readonly context_window_fallbacks?: FallbackLists;
  readonly content_policy_fallbacks?: FallbackLists;
  readonly default_fallbacks?: readonly string[];
  readonly max_fallbacks?: number;
  readonly model_group_alias?: Readonly<Record<string, string | { readonly model: string; readonly hidden?: boolean }>>;
  readonly retry_policy?: Readonly<Record<string, number>>;
}

export function routerSettingsFrom(options: RouterOptions): RouterSettings {
  const fallbacks = mapOf(options.fallbacks);
  return {
    strategy: options.routing_strategy ?? "simple-shuffle",
    numRetries: options.num_retries ?? 2,
    retryAfterMs: (options.retry_after ?? 0) * 1000,
    timeoutMs: (options.timeout ?? 600) * 1000,
    streamTimeoutMs: options.stream_timeout === undefined ? undefined : options.stream_timeout * 1000,
    allowedFails: options.allowed_fails,
    cooldownMs: (options.cooldown_time ?? 5) * 1000,
    disableCooldowns: options.disable_cooldowns ?? false,
    fallbacks,
    contextWindowFallbacks: mapOf(options.context_window_fallbacks),
    contentPolicyFallbacks: mapOf(options.content_policy_fallbacks),
    defaultFallbacks: options.default_fallbacks ?? fallbacks.get("*") ?? [],
    maxFallbacks: options.max_fallbacks ?? 5,
    aliases: new Map(
      Object.entries(options.model_group_alias ?? {}).map(([alias, to]) => [
        alias,
        typeof to === "string" ? { model: to, hidden: false } : { model: to.model, hidden: to.hidden ?? false },
      ]),
    ),
    retryPolicy: options.retry_policy ?? {},
    groupRetryPolicy: new Map(),
    allowedFailsPolicy: {},
  };
}

function mapOf(lists: FallbackLists = []): ReadonlyMap<string, readonly string[]> {
  return new Map(lists.flatMap((list) => Object.entries(list)));
}
