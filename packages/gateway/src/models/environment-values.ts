/** `os.environ/NAME` in the parameters of a stored model: read when the model is put in force, so that the secret itself is not stored. */

import type { Settings } from "./stored-model.ts";

export type Environment = Readonly<Record<string, string | undefined>>;

const prefix = "os.environ/";
/** They open the gateway itself: no provider is shown them. */
const ours = /^(LITELLM_MASTER_KEY|LITELLM_SALT_KEY|LITELLM_LICENSE|DATABASE_\w+|REDIS_\w+|JWT_\w+)$/;

/** The names that a value asks for, at any depth. */
export function referencesIn(value: unknown): readonly string[] {
  if (typeof value === "string") return value.startsWith(prefix) ? [value.slice(prefix.length)] : [];
  if (value === null || typeof value !== "object") return [];
  return Object.values(value).flatMap(referencesIn);
}

export function isOurs(name: string): boolean {
  return ours.test(name);
}

/** What is not set, or is ours, is left out. */
export function withEnvironment(params: Settings, env: Environment): Settings {
  if (referencesIn(params).length === 0) return params;
  return replaced(params, env) as Settings;
}

function replaced(value: unknown, env: Environment): unknown {
  if (typeof value === "string") {
    if (!value.startsWith(prefix)) return value;
    const name = value.slice(prefix.length);
    return isOurs(name) ? undefined : env[name] || undefined;
  }
  if (value === null || typeof value !== "object") return value;
  if (Array.isArray(value)) return value.map((each) => replaced(each, env));
  return Object.fromEntries(Object.entries(value).map(([name, each]) => [name, replaced(each, env)]));
}
