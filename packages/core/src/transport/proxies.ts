/** Which proxy leads to an address, by the rules of HTTPS_PROXY, HTTP_PROXY, ALL_PROXY and NO_PROXY. */

import { BlockList, isIP } from "node:net";

export interface Proxies {
  readonly https?: string;
  readonly http?: string;
  readonly all?: string;
  /** Hosts that are reached directly: names, `.suffix`, `host:port`, addresses, CIDRs, `*`; separated by commas or spaces. */
  readonly none?: string;
}

/** Lower case wins, as in curl. */
export function proxiesOf(env: Readonly<Record<string, string | undefined>>): Proxies {
  const value = (name: string): string | undefined => env[name] || env[name.toUpperCase()] || undefined;
  return { https: value("https_proxy"), http: value("http_proxy"), all: value("all_proxy"), none: value("no_proxy") };
}

/** The proxy's address; undefined: direct. */
export function proxyFor(url: URL, proxies: Proxies): string | undefined {
  const proxy = (url.protocol === "https:" ? proxies.https : proxies.http) ?? proxies.all;
  if (!proxy || isExempt(url, proxies.none)) return undefined;
  return proxy.includes("://") ? proxy : `http://${proxy}`;
}

function isExempt(url: URL, none: string | undefined): boolean {
  if (!none) return false;
  const host = url.hostname.replace(/^\[|\]$/g, "").replace(/\.$/, "");
  const port = url.port || (url.protocol === "https:" ? "443" : "80");
  return none
    .toLowerCase()
    .split(/[\s,]+/)
    .some((rule) => rule !== "" && covers(rule, host, port));
}

function covers(rule: string, host: string, port: string): boolean {
  if (rule === "*") return true;
  const [, bracketed, plain, wantedPort] = /^(?:\[([^\]]+)\]|([^:]+))(?::(\d+))?$/.exec(rule) ?? [];
  if (wantedPort !== undefined && wantedPort !== port) return false;
  const wanted = bracketed ?? plain ?? rule;
  if (wanted.includes("/")) return isWithin(wanted, host);
  if (isIP(host)) return isIP(wanted) > 0 && isWithin(wanted, host);
  const name = wanted.replace(/^\*?\./, "");
  return host === name || host.endsWith(`.${name}`);
}

function isWithin(range: string, host: string): boolean {
  const [network = "", bits] = range.split("/");
  const family = isIP(network);
  if (family === 0 || isIP(host) !== family) return false;
  const prefix = bits === undefined ? (family === 4 ? 32 : 128) : Number(bits);
  if (!Number.isInteger(prefix) || prefix < 0 || prefix > (family === 4 ? 32 : 128)) return false;
  const type = family === 4 ? "ipv4" : "ipv6";
  const list = new BlockList();
  list.addSubnet(network, prefix, type);
  return list.check(host, type);
}
