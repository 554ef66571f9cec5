/** Databricks' ways in: a personal access token, or a service principal's id and secret. Source: docs.databricks.com/dev-tools/auth/oauth-m2m. */

import { GatewayError } from "../../errors.ts";
import type { Auth } from "../provider.ts";
import { bearerToken } from "./bearer-token.ts";

const env = ["DATABRICKS_API_KEY", "DATABRICKS_TOKEN"];

/** Setting name → environment variables, beside the key. */
export const databricksEnv: Readonly<Record<string, readonly string[]>> = {
  client_id: ["DATABRICKS_CLIENT_ID"],
  client_secret: ["DATABRICKS_CLIENT_SECRET"],
};

export const databricksAuth: Auth = {
  env,
  connect(settings, tools) {
    if (settings.api_key) return { headers: { authorization: `Bearer ${settings.api_key}` } };
    const { client_id: id, client_secret: secret } = settings;
    if (typeof id !== "string" || typeof secret !== "string" || !id || !secret) {
      throw new GatewayError(
        "no_credentials",
        `No credentials for ${settings.model}. Set litellm_params.api_key (or ${env.join(" or ")} in the environment), ` +
          "or client_id and client_secret (DATABRICKS_CLIENT_ID, DATABRICKS_CLIENT_SECRET).",
      );
    }
    return bearerToken(
      {
        who: "Databricks",
        advice: "Check client_id and client_secret of the deployment, and that api_base names your workspace.",
        ask: ({ origin }) => ({
          url: `${origin}/oidc/v1/token`,
          headers: { authorization: `Basic ${Buffer.from(`${id}:${secret}`).toString("base64")}` },
          form: { grant_type: "client_credentials", scope: "all-apis" },
        }),
      },
      tools,
    );
  },
};
