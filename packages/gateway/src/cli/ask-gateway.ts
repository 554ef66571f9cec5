/** HTTP to a running gateway, for the commands that only ask: `TOLLGATE_URL`, `LITELLM_MASTER_KEY`. */

import { join, resolve } from "node:path";
import { readEnvironment } from "../secrets/environment.ts";
import { keptKey } from "../secrets/master-key.ts";
import type { Outside } from "./outside.ts";

/** The reply, or why there is none, in words. */
export type Asked = { readonly reply: Response } | { readonly failure: string };

export async function askGateway(path: string, body: object | undefined, outside: Outside): Promise<Asked> {
  const { url, key } = await gatewayAt(outside);
  try {
    const reply = await fetch(url + path, {
      method: body ? "POST" : "GET",
      headers: { ...(key && { authorization: `Bearer ${key}` }), ...(body && { "content-type": "application/json" }) },
      ...(body && { body: JSON.stringify(body) }),
    });
    if (reply.ok) return { reply };
    return { failure: `${url} answered ${reply.status}: ${errorOf(await reply.text())}` };
  } catch (cause) {
    return { failure: noGateway(url, cause) };
  }
}

/** Where the gateway is, and the key that opens it. */
export async function gatewayAt({ cwd }: Outside): Promise<{ readonly url: string; readonly key: string | undefined }> {
  const env = readEnvironment({ cwd });
  const dataDir = resolve(cwd, env["TOLLGATE_DATA_DIR"] || ".tollgate");
  return {
    url: (env["TOLLGATE_URL"] || "http://127.0.0.1:4000").replace(/\/+$/, ""),
    key: env["LITELLM_MASTER_KEY"] || (await keptKey(join(dataDir, "master-key"))),
  };
}

/** `cause`: what fetch threw. */
export function noGateway(url: string, cause: unknown): string {
  const why = cause instanceof Error && cause.cause instanceof Error ? cause.cause.message : String(cause);
  return `No gateway answers at ${url} (${why}). Start one with "tollgate", or set TOLLGATE_URL.`;
}

function errorOf(text: string): string {
  try {
    const body: unknown = JSON.parse(text);
    const error = typeof body === "object" && body !== null && "error" in body ? body.error : undefined;
    if (typeof error === "object" && error !== null && "message" in error) return String(error.message);
  } catch {
    // Not JSON: the text itself says more than the parser's complaint.
  }
  return text.slice(0, 500);
}
