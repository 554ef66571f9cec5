/** Settings and environment → the Network of a deployment; the same content is always the same object. */

import { readFileSync } from "node:fs";
import { GatewayError } from "../errors.ts";
import { type Proxies, proxyFor } from "./proxies.ts";
import type { Network, OutboundRequest, Reach } from "./transport.ts";

export interface NetworkOptions {
  /** `ssl_verify`: false accepts any certificate; a text names a PEM file with further CAs. */
  readonly sslVerify?: unknown;
  /** `ssl_certificate`: a PEM file with client certificate and key, or a pair of files. */
  readonly sslCertificate?: unknown;
  /** PEM files with further CAs: `ca_bundle`, `SSL_CERT_FILE` … */
  readonly caFiles?: readonly string[];
  readonly proxies?: Proxies;
  /** For tests. */
  readonly readFile?: (path: string) => string;
}

/** Who named an address: the config file, the API or UI, a request (its `api_base`), or a request's file. */
export type AddressSource = "config" | "api" | "call" | "file";
/** `settings` are a deployment's; of them only `ssl_verify` and `ssl_certificate` are looked at. */
export type Networks = (settings: Readonly<Record<string, unknown>>, address: string, source: AddressSource) => Network;

const reaches: Readonly<Record<AddressSource, Reach>> = { config: "configured", api: "added", call: "added", file: "public" };

/** What `litellm_settings` and the environment say about networks; the file wins. */
export function networkOptionsOf(
  settings: Readonly<Record<string, unknown>>,
  env: Readonly<Record<string, string | undefined>>,
): Omit<NetworkOptions, "proxies"> {
  const named = [settings["ca_bundle"], env["SSL_CERT_FILE"]].filter(isPath);
  return {
    sslVerify: settings["ssl_verify"] ?? env["SSL_VERIFY"],
    sslCertificate: settings["ssl_certificate"] ?? env["SSL_CERTIFICATE"],
    // Node adds this one to its own list, which a list of ours replaces.
    caFiles: named.length > 0 && env["NODE_EXTRA_CA_CERTS"] ? [...named, env["NODE_EXTRA_CA_CERTS"]] : named,
  };
}

export function createNetworks(options: NetworkOptions = {}): Networks {
  const interned = new Map<string, Network>();
  const texts = new Map<string, string>();
  const readFile = options.readFile ?? ((path) => readFileSync(path, "utf8"));

  const pem = (path: string, setting: string): string => {
    if (path.includes("-----BEGIN ")) return path;
    const text = texts.get(path) ?? readPem(readFile, path, setting);
    texts.set(path, text);
    return text;
  };
  const intern = (network: Network): Network => {
    const content = JSON.stringify(network);
    const known = interned.get(content);
    if (!known) interned.set(content, Object.freeze(network));
    return known ?? network;
  };

  return (settings, address, source) => {
    const ofFile = source === "file";
    const verify = verifyOf(ofFile ? options.sslVerify : (settings["ssl_verify"] ?? options.sslVerify));
    const certificate = ofFile ? undefined : (settings["ssl_certificate"] ?? options.sslCertificate);
    const caFiles = [...(options.caFiles ?? []), ...(typeof verify === "string" ? [verify] : [])];
    return intern({
      reach: reaches[source],
      ...(verify === false && { verify }),
      ...(verify !== false && caFiles.length > 0 && { ca: caFiles.map((path) => pem(path, "ssl_verify, ca_bundle or SSL_CERT_FILE")) }),
      ...clientCertificate(certificate, (path) => pem(path, "ssl_certificate")),
      ...proxyOf(address, options.proxies),
    });
  };
}

function isPath(setting: unknown): setting is string {
  return typeof setting === "string" && setting !== "";
}

function verifyOf(setting: unknown): boolean | string {
  if (typeof setting === "boolean") return setting;
  if (typeof setting !== "string" || setting === "" || /^(true|1|yes|on)$/i.test(setting)) return true;
  return /^(false|0|no|off)$/i.test(setting) ? false : setting;
}

function clientCertificate(setting: unknown, pem: (path: string) => string): Pick<Network, "cert" | "key"> {
  const [certificate, key] = Array.isArray(setting) ? setting : [setting];
  if (typeof certificate !== "string" || certificate === "") return {};
  const cert = pem(certificate);
  return { cert, key: typeof key === "string" ? pem(key) : cert };
}

function proxyOf(address: string, proxies: Proxies | undefined): Pick<Network, "proxy"> {
  if (!proxies || !URL.canParse(address)) return {};
  const proxy = proxyFor(new URL(address), proxies);
  return proxy === undefined ? {} : { proxy };
}

/** The same network as seen from this request's own host, which may have another proxy or none. */
export function rerouted(request: OutboundRequest, proxies: Proxies | undefined): OutboundRequest {
  const { proxy: _, ...network } = request.network;
  return { ...request, network: { ...network, ...proxyOf(request.origin, proxies) } };
}

function readPem(readFile: (path: string) => string, path: string, setting: string): string {
  try {
    const text = readFile(path);
    if (text.includes("-----BEGIN ")) return text;
  } catch (cause) {
    const why = cause instanceof Error && "code" in cause ? String(cause.code) : "unreadable";
    throw new GatewayError(
      "tls",
      `The certificate file ${path} (${setting}) cannot be read: ${why}. Correct its path or its permissions.`,
      { cause },
    );
  }
  throw new GatewayError("tls", `The certificate file ${path} (${setting}) holds no PEM text. It must begin with -----BEGIN.`);
}
