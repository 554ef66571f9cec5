/** SAP AI Core: models behind one deployment of the orchestration service, which is looked up where nobody names it. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { sapEmbed } from "../dialects/sap-embed/provider-side.ts";
import { sapOrchestration } from "../dialects/sap-orchestration/provider-side.ts";
import { GatewayError } from "../errors.ts";
import type { Operation } from "../hub/operations.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import { bearerToken } from "./auth/bearer-token.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Exchange, ExchangeContext, Provider, Settings } from "./provider.ts";
import { fieldsOf, isFields } from "./quirks.ts";
import { isServiceKey, sapAccount, sapEnv } from "./sap-service-key.ts";

const NAME = "sap";
const MAX_REPLY_BYTES = 4_194_304;
/** Stands in a path until the deployment is known. */
const UNKNOWN = "looked-up";

const auth: Auth = {
  env: ["SAP_API_KEY"],
  connect(settings, tools) {
    const { clientId, clientSecret, authUrl } = sapAccount(settings);
    if (clientId && clientSecret && authUrl) {
      return bearerToken(
        {
          who: "SAP's authorization server",
          advice: "Check the service key, or client_id, client_secret and auth_url of the deployment.",
          ask: () => ({
            url: `${authUrl.replace(/\/(oauth\/token\/?)?$/, "")}/oauth/token`,
            headers: { authorization: `Basic ${Buffer.from(`${clientId}:${clientSecret}`).toString("base64")}` },
            form: { grant_type: "client_credentials" },
          }),
        },
        tools,
      );
    }
    if (settings.api_key && !isServiceKey(settings.api_key)) return { headers: { authorization: `Bearer ${settings.api_key}` } };
    throw new GatewayError(
      "no_credentials",
      `No credentials for ${settings.model}. Set litellm_params.api_key to a service key's JSON (or AICORE_SERVICE_KEY in the environment), ` +
        "or client_id, client_secret and auth_url (AICORE_CLIENT_ID, AICORE_CLIENT_SECRET, AICORE_AUTH_URL).",
    );
  },
};

export const sap: Provider = {
  name: NAME,
  title: "SAP Generative AI Hub",
  docs: "https://help.sap.com/docs/sap-ai-core/sap-ai-core-service-guide/orchestration",
  auth,
  baseEnv: ["AICORE_BASE_URL", "SAP_API_BASE"],
  settingsEnv: sapEnv,
  serve(model, settings, facts) {
    const { apiUrl = "", resourceGroup } = sapAccount(settings);
    const { below, id } = placeOf(apiUrl, settings);
    const at = <O extends Operation>(side: ProviderSide<O>): ProviderSide<O> => ({ ...side, path: (to) => below + side.path(to) });
    return {
      model,
      baseUrl: apiUrl.replace(/\/v2(\/inference\/deployments\/[^/]*)?\/?$/, ""),
      addressHint: "litellm_params.api_base (or AICORE_BASE_URL in the environment), or a service key",
      supports: { chat: supportedParameters(NAME, "chat", model, facts), embed: supportedParameters(NAME, "embed", model, facts) },
      headers: { "ai-resource-group": resourceGroup },
      sides: { chat: [at(sapOrchestration)], embed: [at(sapEmbed)] },
      ...(id === undefined && { exchange: lookingUp() }),
    };
  },
};

function placeOf(apiUrl: string, settings: Settings): { below: string; id: string | undefined } {
  const written = /\/v2\/inference\/deployments\/([^/]+)/.exec(apiUrl)?.[1];
  const id = written ?? (typeof settings["deployment_id"] === "string" ? settings["deployment_id"] : undefined);
  return { id, below: `/v2/inference/deployments/${encodeURIComponent(id ?? UNKNOWN)}` };
}

/** Asks once which deployment orchestrates, by one look at a time; a look that failed is made anew by the next call. */
function lookingUp(): Exchange {
  let looking: Promise<string> | undefined;
  return async (request, context) => {
    looking ??= lookUp(request, context).catch((failure: unknown) => {
      looking = undefined;
      throw failure;
    });
    const id = await looking;
    return context.send({ ...request, path: request.path.replace(UNKNOWN, encodeURIComponent(id)) }, context.cancel);
  };
}

async function lookUp(request: OutboundRequest, { send, cancel }: ExchangeContext): Promise<string> {
  const { "content-type": _, ...headers } = request.headers;
  const base = request.path.slice(0, request.path.indexOf("/v2/inference/"));
  const path = `${base}/v2/lm/deployments?scenarioId=orchestration&status=RUNNING`;
  const reply = await send({ method: "GET", origin: request.origin, path, headers, network: request.network }, cancel);
  const text = (await reply.read(MAX_REPLY_BYTES)).toString();
  const found = reply.status < 300 ? idIn(text) : undefined;
  if (found !== undefined) return found;
  throw new GatewayError(
    reply.status === 401 || reply.status === 403 ? "upstream_auth" : reply.status >= 500 ? "unavailable" : "upstream_not_found",
    `SAP AI Core names no running orchestration deployment (status ${reply.status}). Set litellm_params.deployment_id, or check resource_group.`,
    { upstreamStatus: reply.status },
  );
}

function idIn(text: string): string | undefined {
  try {
    const { resources } = fieldsOf(JSON.parse(text));
    const ids = (Array.isArray(resources) ? resources : []).filter(isFields).map(({ id }) => id);
    return ids.find((id): id is string => typeof id === "string");
  } catch {
    return undefined;
  }
}
