/** Azure's ways in: a resource key, a token that somebody else fetched, or an app's own id and secret. */

import { Cancel } from "../../cancel.ts";
import { GatewayError } from "../../errors.ts";
import type { Network, Send } from "../../transport/transport.ts";
import type { Auth, Credential, Settings } from "../provider.ts";
import { cachedToken, type Token } from "./cached-token.ts";

const AUTHORITY = "https://login.microsoftonline.com";
const SCOPE = "https://cognitiveservices.azure.com/.default";
const MAX_REPLY_BYTES = 1_048_576;

/** Setting name → environment variables, beside the key. */
export const azureAdEnv: Readonly<Record<string, readonly string[]>> = {
  azure_ad_token: ["AZURE_AD_TOKEN"],
  tenant_id: ["AZURE_TENANT_ID"],
  client_id: ["AZURE_CLIENT_ID"],
  client_secret: ["AZURE_CLIENT_SECRET"],
  azure_scope: ["AZURE_SCOPE"],
  azure_authority_host: ["AZURE_AUTHORITY_HOST"],
};

interface App {
  readonly tenant: string;
  readonly id: string;
  readonly secret: string;
  readonly scope: string;
  readonly authority: string;
}

/** In this order: `api_key`, `azure_ad_token`, `tenant_id` with `client_id` and `client_secret`. */
export function azureAuth(env: readonly string[]): Auth {
  return {
    env,
    connect(settings, tools): Credential {
      if (settings.api_key) return { headers: { "api-key": settings.api_key } };
      const given = text(settings["azure_ad_token"]);
      if (given) return { headers: { authorization: `Bearer ${given}` } };
      const app = appOf(settings);
      if (!app) throw noCredentials(settings, env);
      // Set by the first call: the token comes over the network that the calls themselves use.
      let network: Network = { reach: "configured" };
      const token = cachedToken(tools.clock, () => fetchToken(app, tools.send, network));
      return {
        async prepare(final) {
          network = final.network;
          return { ...final, headers: { ...final.headers, authorization: `Bearer ${await token.get()}` } };
        },
        renew() {
          token.forget();
          return true;
        },
      };
    },
  };
}

function appOf(settings: Settings): App | undefined {
  const [tenant, id, secret] = [settings["tenant_id"], settings["client_id"], settings["client_secret"]].map(text);
  if (!tenant || !id || !secret) return undefined;
  const authority = (text(settings["azure_authority_host"]) ?? AUTHORITY).replace(/\/+$/, "");
  return { tenant, id, secret, scope: text(settings["azure_scope"]) ?? SCOPE, authority };
}

/** Source: learn.microsoft.com/entra/identity-platform/v2-oauth2-client-creds-grant-flow. */
async function fetchToken(app: App, send: Send, network: Network): Promise<Token> {
  const url = urlOf(app);
  const form = { grant_type: "client_credentials", client_id: app.id, client_secret: app.secret, scope: app.scope };
  const reply = await send(
    {
      method: "POST",
      origin: url.origin,
      path: url.pathname,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json" },
      body: new URLSearchParams(form).toString(),
      network,
    },
    new Cancel(),
  );
  const told = parsed(await reply.read(MAX_REPLY_BYTES));
  const value = text(told["access_token"]);
  if (reply.status < 300 && value) return { value, expiresIn: Number(told["expires_in"]) || 3600 };
  throw refused(reply.status, told);
}

function urlOf({ authority, tenant }: App): URL {
  const address = `${authority.includes("://") ? authority : `https://${authority}`}/${encodeURIComponent(tenant)}/oauth2/v2.0/token`;
  if (URL.canParse(address)) return new URL(address);
  throw new GatewayError("no_credentials", "AZURE_AUTHORITY_HOST is no address. Write it like https://login.microsoftonline.com.");
}

function refused(status: number, told: Readonly<Record<string, unknown>>): GatewayError {
  const why = text(told["error_description"]) ?? text(told["error"]) ?? `status ${status}`;
  return new GatewayError(
    status >= 500 ? "unavailable" : "upstream_auth",
    `Microsoft Entra ID gave no token: ${why}. Check tenant_id, client_id and client_secret of the deployment.`,
    { upstreamStatus: status },
  );
}

function noCredentials(settings: Settings, env: readonly string[]): GatewayError {
  return new GatewayError(
    "no_credentials",
    `No credentials for ${settings.model}. Set litellm_params.api_key (or ${env.join(" or ")} in the environment), azure_ad_token, ` +
      "or tenant_id, client_id and client_secret.",
  );
}

function parsed(raw: Buffer): Readonly<Record<string, unknown>> {
  try {
    const json: unknown = JSON.parse(raw.toString());
    return json !== null && typeof json === "object" ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}

function text(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
