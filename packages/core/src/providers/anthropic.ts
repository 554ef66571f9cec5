/** Anthropic: Claude over the Messages API. */

import { betaHeader, betasIn } from "../dialects/anthropic-messages/betas.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/provider-side.ts";
import type { ProviderSide } from "../dialects/dialect.ts";
import { GatewayError } from "../errors.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Credential, Provider, Settings } from "./provider.ts";

const NAME = "anthropic";
const BASE = "https://api.anthropic.com";
const OAUTH_BETA = "oauth-2025-04-20";

/** Claude before 3.7 did not think; of names that no price book knows, the later ones are taken to. */
const unthinking = /claude-(v?[12]\b|instant|3-(?!7)|3\.(?!7))/;

/** Beyond the list: what the dialect translates, though the API has other names or values for it. */
const translated = ["functions", "function_call", "service_tier"];

function supported(model: string, facts: ModelFacts): ReadonlySet<string> {
  const known = facts.supports_reasoning === undefined && unthinking.test(model) ? { ...facts, mode: "chat" } : facts;
  return new Set([...(supportedParameters(NAME, "chat", model, known) ?? []), ...translated]);
}

/** Tokens of a subscription login, as opposed to API keys. */
function isOauth(key: string | undefined): boolean {
  return key?.startsWith("sk-ant-oat") ?? false;
}

/** A login token: written as the key, or beside it where there is no key. */
function tokenOf({ api_key: key, auth_token: token }: Settings): string | undefined {
  if (key) return isOauth(key) ? key : undefined;
  return typeof token === "string" && token !== "" ? token : undefined;
}

const auth: Auth = {
  env: ["ANTHROPIC_API_KEY"],
  connect(settings): Credential {
    const token = tokenOf(settings);
    if (token) return { headers: { authorization: `Bearer ${token}` } };
    if (settings.api_key) return { headers: { "x-api-key": settings.api_key } };
    throw new GatewayError(
      "no_credentials",
      `No API key for ${settings.model}. Set litellm_params.api_key, or ANTHROPIC_API_KEY or ANTHROPIC_AUTH_TOKEN in the environment.`,
    );
  },
};

/** Login tokens are taken only together with their beta header. */
const withOauth: ProviderSide<"chat"> = {
  ...anthropicMessages,
  headers(context, wire) {
    const headers = anthropicMessages.headers?.(context, wire) ?? {};
    return { ...headers, ...betaHeader([...betasIn(headers), OAUTH_BETA]) };
  },
};

export const anthropic: Provider = {
  name: NAME,
  title: "Anthropic",
  docs: "https://platform.claude.com/docs",
  auth,
  settingsEnv: { auth_token: ["ANTHROPIC_AUTH_TOKEN"] },
  baseEnv: ["ANTHROPIC_API_BASE", "ANTHROPIC_BASE_URL"],
  serve: (model, settings, facts) => ({
    model,
    baseUrl: settings.api_base ?? BASE,
    supports: { chat: supported(model, facts) },
    sides: { chat: [tokenOf(settings) === undefined ? anthropicMessages : withOauth] },
  }),
};
