/** GigaChat's ways in: authorization data that is exchanged for a token of half an hour, or such a token. Source: developers.sber.ru/docs/ru/gigachat/api/reference/rest/post-token. */

import { randomUUID } from "node:crypto";
import { GatewayError } from "../../errors.ts";
import type { Auth, Settings } from "../provider.ts";
import { bearerToken } from "./bearer-token.ts";

const TOKENS = "https://ngw.devices.sberbank.ru:9443/api/v2/oauth";

/** Setting name → environment variables, beside the key. */
export const gigachatEnv: Readonly<Record<string, readonly string[]>> = {
  gigachat_access_token: ["GIGACHAT_ACCESS_TOKEN"],
  gigachat_scope: ["GIGACHAT_SCOPE"],
  gigachat_auth_url: ["GIGACHAT_AUTH_URL"],
};

export const gigachatAuth: Auth = {
  env: ["GIGACHAT_CREDENTIALS", "GIGACHAT_API_KEY"],
  connect(settings, tools) {
    const token = text(settings, "gigachat_access_token");
    if (token) return { headers: { authorization: `Bearer ${token}` } };
    const { api_key: key } = settings;
    if (!key) {
      throw new GatewayError(
        "no_credentials",
        `No credentials for ${settings.model}. Set litellm_params.api_key to the authorization key (or GIGACHAT_CREDENTIALS in the environment), ` +
          "or gigachat_access_token (GIGACHAT_ACCESS_TOKEN).",
      );
    }
    return bearerToken(
      {
        who: "GigaChat",
        advice: "Check api_key and gigachat_scope of the deployment; its servers need the CA of the Russian Trusted Root (ssl_verify).",
        ask: () => ({
          url: text(settings, "gigachat_auth_url") ?? TOKENS,
          headers: { authorization: `Basic ${key.replace(/^Basic /, "")}`, rquid: randomUUID() },
          form: { scope: text(settings, "gigachat_scope") ?? "GIGACHAT_API_PERS" },
        }),
      },
      tools,
    );
  },
};

function text(settings: Settings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
