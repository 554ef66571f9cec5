/** A credential whose bearer token must be fetched first: by one form that is posted to an address, kept until shortly before it expires. */

import { Cancel } from "../../cancel.ts";
import type { Clock } from "../../clock.ts";
import { GatewayError } from "../../errors.ts";
import type { Network, OutboundRequest, Send } from "../../transport/transport.ts";
import type { Credential } from "../provider.ts";
import { cachedToken, type Token } from "./cached-token.ts";

const MAX_REPLY_BYTES = 1_048_576;

export interface TokenAsk {
  /** Where tokens are given out. */
  readonly url: string;
  readonly headers?: Readonly<Record<string, string>>;
  readonly form: Readonly<Record<string, string>>;
}

export interface TokenSource {
  /** Who gives tokens, for messages. */
  readonly who: string;
  /** What to look at when none is given. */
  readonly advice: string;
  /** Asked anew for each token; `call` is the request that waits for it. */
  readonly ask: (call: OutboundRequest) => TokenAsk;
}

/** Puts `Authorization: Bearer <token>` on each request. */
export function bearerToken(source: TokenSource, tools: { send: Send; clock: Clock }): Credential {
  // Set by each call: the token comes over the network that the calls themselves use.
  let call: OutboundRequest | undefined;
  const token = cachedToken(tools.clock, () => {
    if (!call) throw new GatewayError("internal", `A token of ${source.who} was asked for before a call.`);
    return fetchToken(source, source.ask(call), call.network, tools);
  });
  return {
    async prepare(final) {
      call = final;
      return { ...final, headers: { ...final.headers, authorization: `Bearer ${await token.get()}` } };
    },
    renew() {
      token.forget();
      return true;
    },
  };
}

async function fetchToken(source: TokenSource, ask: TokenAsk, network: Network, tools: { send: Send; clock: Clock }): Promise<Token> {
  if (!URL.canParse(ask.url))
    throw new GatewayError("no_credentials", `The token address of ${source.who} is no address. ${source.advice}`);
  const url = new URL(ask.url);
  const reply = await tools.send(
    {
      method: "POST",
      origin: url.origin,
      path: url.pathname + url.search,
      headers: { "content-type": "application/x-www-form-urlencoded", accept: "application/json", ...ask.headers },
      body: new URLSearchParams(ask.form).toString(),
      network,
    },
    new Cancel(),
  );
  const told = parsed(await reply.read(MAX_REPLY_BYTES));
  const value = text(told["access_token"]);
  if (reply.status < 300 && value) return { value, expiresIn: lifeOf(told, tools.clock) };
  throw refused(source, reply.status, told);
}

/** Seconds: told so, or as the moment of the end in milliseconds. */
function lifeOf(told: Readonly<Record<string, unknown>>, clock: Clock): number {
  const seconds = Number(told["expires_in"]);
  if (seconds > 0) return seconds;
  const end = Number(told["expires_at"]);
  return end > 0 ? Math.max(1, (end - clock.now()) / 1000) : 1800;
}

function refused({ who, advice }: TokenSource, status: number, told: Readonly<Record<string, unknown>>): GatewayError {
  const why =
    text(told["error_description"]) ?? text(told["errorMessage"]) ?? text(told["message"]) ?? text(told["error"]) ?? `status ${status}`;
  return new GatewayError(
    status === 429 ? "rate_limit" : status >= 500 ? "unavailable" : "upstream_auth",
    `${who} gave no token: ${why}. ${advice}`,
    { upstreamStatus: status },
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
