/** What a deployment must know of SAP AI Core: from a service key, or from single settings. */

import type { Settings } from "./provider.ts";
import { fieldsOf } from "./quirks.ts";

export interface SapAccount {
  readonly clientId?: string;
  readonly clientSecret?: string;
  /** Where tokens are given out, without its path. */
  readonly authUrl?: string;
  /** Where the AI API is, without `/v2`. */
  readonly apiUrl?: string;
  readonly resourceGroup: string;
}

/** Setting name → environment variables. */
export const sapEnv: Readonly<Record<string, readonly string[]>> = {
  sap_service_key: ["AICORE_SERVICE_KEY"],
  client_id: ["AICORE_CLIENT_ID"],
  client_secret: ["AICORE_CLIENT_SECRET"],
  auth_url: ["AICORE_AUTH_URL"],
  resource_group: ["AICORE_RESOURCE_GROUP"],
  deployment_id: ["AICORE_DEPLOYMENT_ID"],
};

export function sapAccount(settings: Settings): SapAccount {
  const key = keyOf(settings["sap_service_key"] ?? settings.api_key);
  return {
    clientId: text(settings["client_id"]) ?? text(key["clientid"]),
    clientSecret: text(settings["client_secret"]) ?? text(key["clientsecret"]),
    authUrl: text(settings["auth_url"]) ?? text(key["url"]),
    apiUrl: text(settings.api_base) ?? text(fieldsOf(key["serviceurls"])["AI_API_URL"]),
    resourceGroup: text(settings["resource_group"]) ?? "default",
  };
}

/** True for a key that is a service key's JSON and no token. */
export function isServiceKey(key: string | undefined): boolean {
  return key?.trimStart().startsWith("{") ?? false;
}

function keyOf(given: unknown): Readonly<Record<string, unknown>> {
  if (typeof given !== "string" || !isServiceKey(given)) return fieldsOf(given);
  try {
    const key: unknown = JSON.parse(given);
    return fieldsOf(fieldsOf(key)["credentials"] ?? key);
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
