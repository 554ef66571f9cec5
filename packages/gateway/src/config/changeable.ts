/** Settings that may be changed while the gateway runs: their names, kinds and values. */

import * as z from "zod";
import { acceptedKeys } from "./accepted-keys.ts";
import { didYouMean } from "./nearest.ts";
import { generalSettings, litellmSettings, routerSettings } from "./schema.ts";
import { amount, count, flag, names, number, record, seconds } from "./value-types.ts";

export const sections = ["general_settings", "litellm_settings", "router_settings"] as const;
export type Section = (typeof sections)[number];

const schemas: { readonly [S in Section]: z.ZodObject } = {
  general_settings: generalSettings,
  litellm_settings: litellmSettings,
  router_settings: routerSettings,
};

/** They open the gateway or its stores: in the file and the environment only. */
const secrets = /^(master_key|database_url|litellm_license|redis_password|redis_url|data_dir|custom_\w+|ssl_\w+|ca_bundle)$/;

/** What is obeyed as soon as it is changed, on all instances. */
const live: { readonly [S in Section]: ReadonlySet<string> } = {
  general_settings: new Set(["allowed_ips", "default_team_disabled"]),
  litellm_settings: new Set([
    "default_key_generate_params",
    "upperbound_key_generate_params",
    "default_internal_user_params",
    "default_team_params",
    "max_internal_user_budget",
    "internal_user_budget_duration",
    "key_generation_settings",
  ]),
  router_settings: new Set(),
};

export function isLive(section: Section, name: string): boolean {
  return live[section].has(name);
}

export function isSecretSetting(name: string): boolean {
  return secrets.test(name);
}

export function settingNames(section: Section): readonly string[] {
  return Object.keys(schemas[section].shape).filter((name) => !secrets.test(name));
}

export interface Refused {
  /** `unknown`: there is no such setting. */
  readonly kind: "unknown" | "secret" | "value";
  /** The end of a sentence that begins with the setting's name. */
  readonly why: string;
}

/** Undefined: the value may be stored. */
export function refusedSetting(section: Section, name: string, value: unknown): Refused | undefined {
  if (secrets.test(name)) return { kind: "secret", why: "is set in the config file or the environment only" };
  const schema = schemas[section].shape[name] as z.ZodType | undefined;
  if (!schema) {
    const accepted = acceptedKeys[section] ?? [];
    if (accepted.includes(name)) return undefined;
    return { kind: "unknown", why: `is not known.${didYouMean(name, [...settingNames(section), ...accepted])}` };
  }
  const parsed = schema.safeParse(value);
  return parsed.success ? undefined : { kind: "value", why: `must be ${parsed.error.issues[0]?.message ?? "something else"}` };
}

const kinds = new Map<unknown, string>([
  [flag, "Boolean"],
  [count, "Integer"],
  [seconds, "Float"],
  [amount, "Float"],
  [number, "Float"],
  [names, "List"],
  [record, "Dict"],
]);

/** In LiteLLM's words for forms. */
export function kindOfSetting(section: Section, name: string): string {
  const schema = schemas[section].shape[name] as z.ZodType | undefined;
  return kinds.get(schema instanceof z.ZodOptional ? schema.unwrap() : schema) ?? "String";
}
