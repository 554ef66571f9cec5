/** Trades Google credentials for an access token, over our own transport. Source: developers.google.com/identity/protocols/oauth2. */

import { sign } from "node:crypto";
import { Cancel } from "../../cancel.ts";
import type { Clock } from "../../clock.ts";
import { GatewayError } from "../../errors.ts";
import type { Network, Send } from "../../transport/transport.ts";
import type { Token } from "./cached-token.ts";
import { type GoogleCredentials, textOf } from "./google-credentials.ts";
import { libraryToken } from "./google-library.ts";

const SCOPE = "https://www.googleapis.com/auth/cloud-platform";
const TOKEN_URL = "https://oauth2.googleapis.com/token";
const LIFETIME_SECONDS = 3600;
const MAX_REPLY_BYTES = 1_048_576;

export interface TokenTools {
  readonly send: Send;
  readonly clock: Clock;
  readonly network: Network;
}

/** Undefined credentials: those of the machine's metadata service. */
export function fetchToken(json: GoogleCredentials | undefined, tools: TokenTools): Promise<Token> {
  switch (json?.["type"] ?? (json?.["private_key"] ? "service_account" : undefined)) {
    case "service_account":
      return serviceAccount(json ?? {}, tools);
    case "authorized_user":
      return refreshed(json ?? {}, tools);
    case "impersonated_service_account":
      return impersonated(json ?? {}, tools);
    default:
      return libraryToken(json, tools);
  }
}

/** Source: …/oauth2/service-account, a JWT of our own for an access token. */
async function serviceAccount(json: GoogleCredentials, tools: TokenTools): Promise<Token> {
  const [email, key] = [textOf(json["client_email"]), textOf(json["private_key"])];
  if (!email || !key) throw incomplete("client_email and private_key");
  const url = textOf(json["token_uri"]) ?? TOKEN_URL;
  const now = Math.floor(tools.clock.now() / 1000);
  const keyId = textOf(json["private_key_id"]);
  const head = { alg: "RS256", typ: "JWT", ...(keyId && { kid: keyId }) };
  const claims = { iss: email, scope: SCOPE, aud: url, iat: now, exp: now + LIFETIME_SECONDS };
  const signed = `${part(head)}.${part(claims)}`;
  const assertion = `${signed}.${signature(signed, key)}`;
  return tokenIn(await post(url, { grant_type: "urn:ietf:params:oauth:grant-type:jwt-bearer", assertion }, tools));
}

function part(value: object): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}

function signature(text: string, key: string): string {
  try {
    // A key that came through an environment variable often has its line ends written out.
    return sign("sha256", Buffer.from(text), key.replaceAll("\\n", "\n")).toString("base64url");
  } catch {
    throw new GatewayError(
      "no_credentials",
      "The private_key of the Google credentials cannot sign. Use the credentials file exactly as Google Cloud handed it out.",
    );
  }
}

async function refreshed(json: GoogleCredentials, tools: TokenTools): Promise<Token> {
  const [id, secret, refresh] = [json["client_id"], json["client_secret"], json["refresh_token"]].map(textOf);
  if (!id || !secret || !refresh) throw incomplete("client_id, client_secret and refresh_token");
  const form = { grant_type: "refresh_token", client_id: id, client_secret: secret, refresh_token: refresh };
  return tokenIn(await post(textOf(json["token_uri"]) ?? TOKEN_URL, form, tools));
}

/** Source: docs.cloud.google.com/iam/docs/reference/credentials/rest/v1/projects.serviceAccounts/generateAccessToken. */
async function impersonated(json: GoogleCredentials, tools: TokenTools): Promise<Token> {
  const url = textOf(json["service_account_impersonation_url"]);
  const source = json["source_credentials"];
  if (!url || source === null || typeof source !== "object") throw incomplete("service_account_impersonation_url and source_credentials");
  const { value } = await fetchToken(source as GoogleCredentials, tools);
  const asked = {
    scope: [SCOPE],
    lifetime: `${LIFETIME_SECONDS}s`,
    ...(Array.isArray(json["delegates"]) && { delegates: json["delegates"] }),
  };
  const told = await post(url, asked, tools, value);
  const token = textOf(told["accessToken"]);
  const until = Date.parse(String(told["expireTime"]));
  if (!token) throw refused(200, told);
  return { value: token, expiresIn: Number.isFinite(until) ? (until - tools.clock.now()) / 1000 : LIFETIME_SECONDS };
}

function tokenIn(told: Readonly<Record<string, unknown>>): Token {
  const value = textOf(told["access_token"]);
  if (!value) throw refused(200, told);
  return { value, expiresIn: Number(told["expires_in"]) || LIFETIME_SECONDS };
}

/** A form, or JSON when a bearer token goes along. */
async function post(address: string, content: object, { send, network }: TokenTools, bearer?: string): Promise<Record<string, unknown>> {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (!url?.protocol.startsWith("http")) throw incomplete("a token address that begins with https://");
  const headers: Record<string, string> = bearer
    ? { "content-type": "application/json", authorization: `Bearer ${bearer}` }
    : { "content-type": "application/x-www-form-urlencoded" };
  const body = bearer ? JSON.stringify(content) : new URLSearchParams(Object.entries(content)).toString();
  const request = { method: "POST", origin: url.origin, path: url.pathname + url.search, headers, body, network };
  const reply = await send({ ...request, headers: { ...headers, accept: "application/json" } }, new Cancel());
  const told = parsed(await reply.read(MAX_REPLY_BYTES));
  if (reply.status < 300) return told;
  throw refused(reply.status, told);
}

function refused(status: number, told: Readonly<Record<string, unknown>>): GatewayError {
  const error = told["error"];
  const inside = error !== null && typeof error === "object" ? textOf((error as Record<string, unknown>)["message"]) : undefined;
  const why = textOf(told["error_description"]) ?? inside ?? textOf(error) ?? `status ${status}`;
  return new GatewayError(
    status === 429 || status >= 500 ? "unavailable" : "upstream_auth",
    `Google gave no access token: ${why}. Check vertex_credentials of the deployment, and that this account may use Vertex AI.`,
    { upstreamStatus: status },
  );
}

function incomplete(what: string): GatewayError {
  return new GatewayError(
    "no_credentials",
    `The Google credentials lack ${what}. Use the credentials file exactly as Google Cloud handed it out.`,
  );
}

function parsed(raw: Buffer): Record<string, unknown> {
  try {
    const json: unknown = JSON.parse(raw.toString());
    return json !== null && typeof json === "object" ? (json as Record<string, unknown>) : {};
  } catch {
    return {};
  }
}
