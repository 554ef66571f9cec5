/** The configuration as it may be shown: the router's settings under LiteLLM's names, secrets masked. */

import type { RouterSettings } from "tollgate/parts";
import { isSecretSetting, kindOfSetting, type Section, settingNames } from "../config/changeable.ts";
import { masked } from "../secrets/masked.ts";
import type { BySection } from "./config-settings.ts";

type Fields = Readonly<Record<string, unknown>>;

export function shownRouter(router: RouterSettings): Record<string, unknown> {
  const seconds = (milliseconds: number | undefined): number | null => (milliseconds === undefined ? null : milliseconds / 1000);
  const listed = (map: ReadonlyMap<string, unknown>): object[] => [...map].map(([name, value]) => ({ [name]: value }));
  return {
    routing_strategy: router.strategy,
    num_retries: router.numRetries,
    retry_after: seconds(router.retryAfterMs),
    timeout: seconds(router.timeoutMs),
    stream_timeout: seconds(router.streamTimeoutMs),
    allowed_fails: router.allowedFails ?? null,
    cooldown_time: seconds(router.cooldownMs),
    disable_cooldowns: router.disableCooldowns,
    max_fallbacks: router.maxFallbacks,
    fallbacks: listed(router.fallbacks),
    context_window_fallbacks: listed(router.contextWindowFallbacks),
    content_policy_fallbacks: listed(router.contentPolicyFallbacks),
    default_fallbacks: router.defaultFallbacks,
    model_group_alias: Object.fromEntries(router.aliases),
    retry_policy: router.retryPolicy,
    model_group_retry_policy: Object.fromEntries(router.groupRetryPolicy),
    allowed_fails_policy: router.allowedFailsPolicy,
  };
}

const strategies: Readonly<Record<string, string>> = {
  "simple-shuffle": "By chance, by weight or by rpm/tpm where they are given.",
  "least-busy": "The deployment with the fewest calls under way.",
  "cost-based-routing": "The cheapest deployment.",
};

export function routerForm(router: RouterSettings) {
  const values = shownRouter(router);
  return {
    fields: Object.entries(values).map(([name, value]) => ({
      field_name: name,
      field_type: kindOfSetting("router_settings", name),
      field_value: value,
      field_description: `router_settings.${name} of the config file.`,
      field_default: null,
      ui_field_name: name.replaceAll("_", " "),
      ...(name === "routing_strategy" && { options: Object.keys(strategies) }),
    })),
    current_values: values,
    routing_strategy_descriptions: strategies,
    routing_group_strategies: [],
    source: {},
  };
}

/** A secret that is set is told as stars. */
export function shownValue(name: string, value: unknown): unknown {
  if (value === undefined) return null;
  if (isSecretSetting(name)) return "********";
  const shown = masked({ [name]: value });
  return name in shown ? shown[name] : "********";
}

export function shownSection(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(Object.entries(fields).map(([name, value]) => [name, shownValue(name, value)]));
}

export function listed(section: Section, current: BySection, stored: BySection) {
  return settingNames(section).map((name) => ({
    field_name: name,
    field_type: kindOfSetting(section, name),
    field_description: `${section}.${name} of the config file.`,
    field_value: shownValue(name, current[section][name]),
    stored_in_db: name in stored[section] ? true : name in current[section] ? false : null,
    field_default_value: null,
  }));
}
