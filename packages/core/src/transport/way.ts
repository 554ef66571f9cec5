/** The way to one origin over one network: a pool of connections, direct or through a proxy. */

import { createSecureContext, rootCertificates, type SecureContext } from "node:tls";
import type { Dispatcher } from "undici";
import { GatewayError } from "../errors.ts";
import type { Guard } from "./guard.ts";
import type { Network } from "./transport.ts";

type Undici = typeof import("undici");

export interface PoolLimits {
  /** Connections to one origin. */
  readonly connections: number;
  /** Milliseconds that an idle connection is kept when the server does not say. */
  readonly keepAliveMs: number;
}

const CONNECT_MS = 10_000;
/** Longer than Node's 250 ms, within which a far server may not answer. */
const NEXT_ADDRESS_MS = 500;

export class Way {
  /** Origin and proxy, for messages. */
  readonly place: string;
  readonly proxied: boolean;
  /** Before each path: a plain proxy is asked for whole addresses. */
  readonly prefix: string;
  /** Headers that this way needs, as a flat list. */
  readonly headers: readonly string[];
  readonly dispatcher: Dispatcher;
  /** Connections that are open now; unknown behind a tunnel. */
  readonly connected: (() => number) | undefined;
  inFlight = 0;

  constructor(parts: Pick<Way, "place" | "proxied" | "prefix" | "headers" | "dispatcher" | "connected">) {
    this.place = parts.place;
    this.proxied = parts.proxied;
    this.prefix = parts.prefix;
    this.headers = parts.headers;
    this.dispatcher = parts.dispatcher;
    this.connected = parts.connected;
  }

  /** Nothing under way and no connection that may be used again. */
  get idle(): boolean {
    return this.inFlight === 0 && (this.connected?.() ?? 0) === 0;
  }
}

/** Throws a GatewayError when the address is none or must not be reached. */
export function openWay(undici: Undici, origin: string, at: { network: Network; guard: Guard; limits: PoolLimits }): Way {
  const url = urlOf(origin);
  if (!/^https?:$/.test(url.protocol)) throw noAddress(origin);
  const refusal = at.guard.refusal(hostOf(url));
  if (refusal) throw refusal;
  const { network, limits } = at;
  const tls = tlsOf(network);
  const timing = { timeout: CONNECT_MS, autoSelectFamily: true, autoSelectFamilyAttemptTimeout: NEXT_ADDRESS_MS };
  const options = {
    connections: limits.connections,
    pipelining: 1,
    keepAliveTimeout: limits.keepAliveMs,
    headersTimeout: 0,
    bodyTimeout: 0,
  };
  if (network.proxy === undefined) {
    const pool = new undici.Pool(url.origin, { ...options, connect: { ...tls, ...timing, lookup: at.guard.lookup } });
    return new Way({ place: url.origin, proxied: false, prefix: "", headers: [], dispatcher: pool, connected: () => pool.stats.connected });
  }

  const proxy = urlOf(network.proxy);
  const token = tokenOf(proxy);
  const place = `${url.origin} through the proxy ${proxy.protocol}//${proxy.host}`;
  if (url.protocol === "http:" && /^https?:$/.test(proxy.protocol)) {
    const headers = ["host", url.host, ...(token ? ["proxy-authorization", token] : [])];
    const pool = new undici.Pool(proxy.origin, { ...options, connect: { ...tls, ...timing } });
    return new Way({ place, proxied: true, prefix: url.origin, headers, dispatcher: pool, connected: () => pool.stats.connected });
  }
  const dispatcher = new undici.ProxyAgent({
    uri: proxy.href,
    token,
    requestTls: { ...tls, ...timing },
    proxyTls: { ...tls, ...timing },
    factory: (to, given) => new undici.Pool(to, { ...given, ...options }),
    clientFactory: (to, given) => new undici.Pool(to, { ...given, headersTimeout: CONNECT_MS }),
  });
  return new Way({ place, proxied: true, prefix: "", headers: [], dispatcher, connected: undefined });
}

function urlOf(address: string): URL {
  const url = URL.canParse(address) ? new URL(address) : undefined;
  if (url?.hostname) return url;
  throw noAddress(address);
}

/** Without user, password and query. */
function noAddress(address: string): GatewayError {
  const shown = address.replace(/[?#].*$/s, "").replace(/\/\/.*@/s, "//");
  return new GatewayError("connection", `"${shown}" is no address that can be called. Write api_base like https://host/path.`);
}

function hostOf(url: URL): string {
  return url.hostname.startsWith("[") ? url.hostname.slice(1, -1) : url.hostname;
}

function tokenOf(proxy: URL): string | undefined {
  if (proxy.username === "") return undefined;
  const text = `${decodeURIComponent(proxy.username)}:${decodeURIComponent(proxy.password)}`;
  return `Basic ${Buffer.from(text).toString("base64")}`;
}

function tlsOf(network: Network): { rejectUnauthorized: boolean; secureContext?: SecureContext } {
  const rejectUnauthorized = network.verify !== false;
  if (!network.ca?.length && network.cert === undefined) return { rejectUnauthorized };
  try {
    // Read once here: per connection, the system's CAs alone would cost milliseconds.
    const ca = network.ca?.length ? [...rootCertificates, ...network.ca] : undefined;
    return { rejectUnauthorized, secureContext: createSecureContext({ ca, cert: network.cert, key: network.key }) };
  } catch (cause) {
    const why = cause instanceof Error ? cause.message : String(cause);
    throw new GatewayError(
      "tls",
      `A certificate of the config cannot be used: ${why}. Check the PEM files that ssl_verify, ssl_certificate and SSL_CERT_FILE name.`,
      {
        cause,
      },
    );
  }
}
