/** IBM's ways in: an API key that is exchanged for a token, a token that somebody else fetched, or the key of a Cloud Pak for Data. Source: cloud.ibm.com/docs/account?topic=account-iamtoken_from_apikey. */

import { GatewayError } from "../../errors.ts";
import type { Auth, Settings } from "../provider.ts";
import { bearerToken } from "./bearer-token.ts";

const IAM = "https://iam.cloud.ibm.com/identity/token";
const env = ["WATSONX_APIKEY", "WATSONX_API_KEY", "WX_API_KEY"];

/** Setting name → environment variables, beside the key. */
export const ibmEnv: Readonly<Record<string, readonly string[]>> = {
  token: ["WATSONX_TOKEN", "WX_TOKEN"],
  zen_api_key: ["WATSONX_ZENAPIKEY"],
  iam_url: ["WATSONX_IAM_URL"],
};

/** In this order: a token, a Zen key, an API key. */
export const ibmAuth: Auth = {
  env,
  connect(settings, tools) {
    const token = text(settings, "token");
    if (token) return { headers: { authorization: `Bearer ${token}` } };
    const zen = text(settings, "zen_api_key");
    if (zen) return { headers: { authorization: `ZenApiKey ${zen}` } };
    const { api_key: key } = settings;
    if (!key) {
      throw new GatewayError(
        "no_credentials",
        `No credentials for ${settings.model}. Set litellm_params.api_key (or ${env.join(" or ")} in the environment), token (WATSONX_TOKEN) ` +
          "or zen_api_key (WATSONX_ZENAPIKEY).",
      );
    }
    return bearerToken(
      {
        who: "IBM Cloud IAM",
        advice: "Check api_key of the deployment.",
        ask: () => ({ url: text(settings, "iam_url") ?? IAM, form: { grant_type: "urn:ibm:params:oauth:grant-type:apikey", apikey: key } }),
      },
      tools,
    );
  },
};

function text(settings: Settings, name: string): string | undefined {
  const value = settings[name];
  return typeof value === "string" && value !== "" ? value : undefined;
}
