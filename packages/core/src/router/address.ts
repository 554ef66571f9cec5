/** Puts a base address, in the forms that people really write it, and a dialect's path together. */

import { GatewayError } from "../errors.ts";

/** One segment that people write, too, though the path brings it: `/v1`, `/v2`, `/v1beta`. */
const VERSION = /^v\d+[a-z0-9]*$/;

/**
 * Origin and path with query. What base and path have in common stands there once: a base that names the whole endpoint,
 * or one that ends with `/v1`. A query of the base comes first and wins over the path's.
 */
export function address(baseUrl: string, path: string): { origin: string; path: string } {
  const url = parse(baseUrl);
  const cut = path.indexOf("?");
  const ownPath = cut < 0 ? path : path.slice(0, cut);
  const ownQuery = cut < 0 ? "" : path.slice(cut + 1);
  const query = joinQueries(url.search.slice(1), ownQuery);
  return { origin: url.origin, path: joinPaths(trimSlashes(url.pathname), ownPath) + (query && `?${query}`) };
}

/** The address as it may be shown: without query and credentials. Empty for what is no address. */
export function shownBase(baseUrl: string): string {
  if (!URL.canParse(baseUrl)) return "";
  const url = new URL(baseUrl);
  return isHttp(url) ? url.origin + trimSlashes(url.pathname) : "";
}

/** `user:password@` of a base address as the header that says the same. */
export function basicOf(baseUrl: string): string | undefined {
  if (!baseUrl.includes("@") || !URL.canParse(baseUrl)) return undefined;
  const { username, password } = new URL(baseUrl);
  if (!username && !password) return undefined;
  return `Basic ${Buffer.from(`${decoded(username)}:${decoded(password)}`).toString("base64")}`;
}

function parse(baseUrl: string): URL {
  if (!baseUrl.trim()) {
    throw new GatewayError("bad_request", "The deployment has no address. Set litellm_params.api_base.");
  }
  const url = URL.canParse(baseUrl) ? new URL(baseUrl) : undefined;
  if (url && isHttp(url)) return url;
  // Anything after @ or ? may hold a secret or belong to one, so such an address is not repeated.
  const shown = /[@?]/.test(baseUrl) ? "" : ` "${baseUrl}"`;
  throw new GatewayError("bad_request", `The api_base${shown} is no http address. Write it like https://host/v1.`);
}

function isHttp(url: URL): boolean {
  return url.protocol === "https:" || url.protocol === "http:";
}

function trimSlashes(path: string): string {
  return path.replace(/\/+$/, "");
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function joinPaths(base: string, path: string): string {
  if (!path || path === "/") return base || "/";
  const own = path.startsWith("/") ? path : `/${path}`;
  return base + own.slice(overlap(base, own));
}

/** How many characters at the beginning of `path` already stand at the end of `base`. */
function overlap(base: string, path: string): number {
  const end = trimSlashes(path);
  if (base.endsWith(end)) return end.length;
  for (let at = path.lastIndexOf("/"); at > 0; at = path.lastIndexOf("/", at - 1)) {
    const head = path.slice(0, at);
    if (!base.endsWith(head)) continue;
    // A single common word may be chance (a proxy mounted at /api), two or a version are not.
    const words = head.slice(1).split("/");
    if (words.length > 1 || VERSION.test(head.slice(1))) return head.length;
  }
  return 0;
}

function joinQueries(base: string, own: string): string {
  if (!base || !own) return base || own;
  const taken = new Set(base.split("&").map(nameOf));
  return [base, ...own.split("&").filter((pair) => !taken.has(nameOf(pair)))].join("&");
}

function nameOf(pair: string): string {
  const cut = pair.indexOf("=");
  return cut < 0 ? pair : pair.slice(0, cut);
}
