/** Predibase: text-generation-inference's API below a tenant and a deployment. Source: docs.predibase.com/user-guide/inference/rest_api. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { tgiGenerate } from "../dialects/tgi-generate/provider-side.ts";
import { keyAuth } from "./auth/key.ts";
import { supportedParameters } from "./parameters.ts";
import type { Provider, Quirks, Settings } from "./provider.ts";
import { fieldsOf } from "./quirks.ts";

const NAME = "predibase";
/** The server's own default is so small that answers look broken. */
const MOST = 256;

const someRoom: Quirks = {
  rules: [(wire) => ({ set: { parameters: { max_new_tokens: MOST, ...fieldsOf(wire["parameters"]) } } })],
};

export const predibase: Provider = {
  name: NAME,
  title: "Predibase",
  docs: "https://docs.predibase.com/user-guide/inference/rest_api",
  auth: keyAuth({ env: ["PREDIBASE_API_KEY"] }),
  baseEnv: ["PREDIBASE_API_BASE"],
  settingsEnv: { predibase_tenant_id: ["PREDIBASE_TENANT_ID"] },
  serve(model, settings, facts) {
    const tenant = tenantOf(settings);
    const below = `/${encodeURIComponent(tenant)}/deployments/v2/llms/${encodeURIComponent(model)}`;
    const side: ProviderSide<"chat"> = { ...tgiGenerate, path: (at) => below + tgiGenerate.path(at) };
    return {
      model,
      baseUrl: tenant === "" ? "" : (settings.api_base ?? "https://serving.app.predibase.com"),
      addressHint: "litellm_params.predibase_tenant_id (or PREDIBASE_TENANT_ID in the environment)",
      supports: { chat: supportedParameters(NAME, "chat", model, facts) },
      quirks: someRoom,
      sides: { chat: [side] },
    };
  },
};

function tenantOf({ predibase_tenant_id: tenant, tenant_id: other }: Settings): string {
  return String(tenant ?? other ?? "");
}
