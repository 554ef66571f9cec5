/** Cloudflare Workers AI: OpenAI's wire below the account. Source: developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility. */

import { compatible } from "./compatible.ts";
import { errorList } from "./error-list.ts";
import type { Provider, Settings } from "./provider.ts";

export const cloudflare: Provider = compatible({
  name: "cloudflare",
  title: "Cloudflare Workers AI",
  base: baseOf,
  key: ["CLOUDFLARE_API_KEY", "CLOUDFLARE_API_TOKEN"],
  settingsEnv: { account_id: ["CLOUDFLARE_ACCOUNT_ID"] },
  does: ["chat", "embed"],
  quirks: errorList,
  docs: "https://developers.cloudflare.com/workers-ai/configuration/open-ai-compatibility",
});

/** Older configurations name the address of the runs, which OpenAI's paths stand beside. */
function baseOf({ api_base, account_id: account }: Settings): string {
  if (api_base) return api_base.replace(/\/ai\/run\/?$/, "/ai/v1");
  return typeof account === "string" && account ? `https://api.cloudflare.com/client/v4/accounts/${account}/ai/v1` : "";
}
