/** Snowflake Cortex: OpenAI's wire for all models but Claude, Anthropic's for that, an embedding endpoint of its own. Source: docs.snowflake.com/user-guide/snowflake-cortex/cortex-rest-api. */

import { anthropicMessages } from "../dialects/anthropic-messages/provider-side.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { snowflakeEmbed } from "../dialects/snowflake-embed/provider-side.ts";
import { GatewayError } from "../errors.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Provider, Settings } from "./provider.ts";
import { developerAsSystem, noStreamOptions, quirks } from "./quirks.ts";

const NAME = "snowflake";
const PAT = /^pat\//;

/** Programmatic access tokens are written `pat/<token>`; all others are taken for JWTs of a key pair. */
const auth: Auth = {
  env: ["SNOWFLAKE_JWT", "SNOWFLAKE_API_KEY"],
  connect({ api_key: key, model }) {
    if (!key) {
      throw new GatewayError(
        "no_credentials",
        `No token for ${model}. Set litellm_params.api_key to a JWT or to pat/<programmatic access token>, or SNOWFLAKE_JWT in the environment.`,
      );
    }
    return {
      headers: {
        authorization: `Bearer ${key.replace(PAT, "")}`,
        "x-snowflake-authorization-token-type": PAT.test(key) ? "PROGRAMMATIC_ACCESS_TOKEN" : "KEYPAIR_JWT",
      },
    };
  },
};

const claude = { ...anthropicMessages, path: () => "/api/v2/cortex/v1/messages" };
const others = { ...openaiChat, path: () => "/api/v2/cortex/v1/chat/completions" };
const newTokenLimit = quirks({ rename: { max_tokens: "max_completion_tokens" } }, noStreamOptions, developerAsSystem);

export const snowflake: Provider = {
  name: NAME,
  title: "Snowflake Cortex",
  docs: "https://docs.snowflake.com/user-guide/snowflake-cortex/cortex-rest-api",
  auth,
  baseEnv: ["SNOWFLAKE_API_BASE"],
  settingsEnv: { snowflake_account_id: ["SNOWFLAKE_ACCOUNT_ID"] },
  serve(model, settings, facts) {
    const isClaude = model.includes("claude");
    return {
      model,
      baseUrl: hostOf(settings),
      addressHint: "litellm_params.snowflake_account_id (or SNOWFLAKE_ACCOUNT_ID in the environment), or api_base",
      supports: { chat: supportedParameters(NAME, "chat", model, facts), embed: supportedParameters(NAME, "embed", model, facts) },
      quirks: isClaude ? undefined : newTokenLimit,
      sides: { chat: [isClaude ? claude : others], embed: [snowflakeEmbed] },
    };
  },
};

/** People write one of Cortex's endpoints, or the account's host alone. */
function hostOf({ api_base, account_id, snowflake_account_id = account_id }: Settings): string {
  if (api_base) return api_base.replace(/\/api\/v2\/cortex.*$/, "");
  return typeof snowflake_account_id === "string" && snowflake_account_id ? `https://${snowflake_account_id}.snowflakecomputing.com` : "";
}
