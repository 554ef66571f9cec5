/** What a call says about itself in reply headers. Names are LiteLLM's; contract of section 3. */

import { type Call, type Deployment, errorKinds, type Headers, type Opened } from "tollgate/parts";
import type { CallParts } from "../serve-call.ts";

/** Of a provider's reply these say nothing to the client's connection. */
const hopByHop = new Set([
  "connection",
  "keep-alive",
  "transfer-encoding",
  "content-length",
  "content-encoding",
  "upgrade",
  "trailer",
  "te",
]);
const rateLimitNames: ReadonlyMap<string, string> = new Map(
  ["requests", "tokens"].flatMap((of) =>
    ["limit", "remaining", "reset"].map((what) => [`anthropic-ratelimit-${of}-${what}`, `x-ratelimit-${what}-${of}`] as const),
  ),
);
/** Names are worked out once: providers send the same ones again and again. */
const prefixed = new Map<string, string>();
const MAX_NAMES = 1_000;
const MAX_VALUE = 1_000;
const NANO = 1e9;

export function createHeaders(version: string): CallParts["headersOf"] {
  return {
    answer(call, opened, told) {
      const headers = ["x-litellm-call-id", call.id, ...fixedOf(opened, version)];
      addAttempted(headers, call, opened.group);
      headers.push("x-litellm-response-duration-ms", thousandths(told.durationMs));
      headers.push("x-litellm-overhead-duration-ms", thousandths(Math.max(0, told.durationMs - opened.waitedMs)));
      if (told.costNano !== undefined) headers.push("x-litellm-response-cost", dollars(told.costNano));
      addUpstream(headers, opened.answer.headers);
      return headers;
    },
    error(id, call, error) {
      const headers = ["x-litellm-call-id", id, "x-litellm-version", version];
      if (call) headers.push("x-litellm-model-group", printable(call.ask.model));
      const last = call?.attempts.at(-1)?.deployment;
      if (last) headers.push("x-litellm-model-id", printable(last.id), "x-litellm-model-api-base", printable(last.shownBase));
      addAttempted(headers, call, call?.attempts.at(-1)?.group);
      if (error.detail.headers) addUpstream(headers, error.detail.headers);
      for (const name in error.detail.replyHeaders) headers.push(name, printable(error.detail.replyHeaders[name] ?? ""));
      if (error.retryAfter !== undefined)
        headers.push("retry-after", String(error.retryAfter), "retry-after-ms", String(Math.ceil(error.detail.retryAfterMs ?? 0)));
      if (errorKinds[error.kind].status === 405) headers.push("allow", "POST");
      return headers;
    },
  };
}

/** What is the same for every call of a deployment in a group. */
const fixed = new WeakMap<Deployment, { readonly group: string; readonly headers: readonly string[] }>();

function fixedOf({ deployment, group }: Opened, version: string): readonly string[] {
  const known = fixed.get(deployment);
  if (known && known.group === group) return known.headers;
  const headers = ["x-litellm-version", version, "x-litellm-model-id", printable(deployment.id)];
  headers.push("x-litellm-model-group", printable(group), "x-litellm-model-api-base", printable(deployment.shownBase));
  fixed.set(deployment, { group, headers });
  return headers;
}

/** Fallbacks are groups beyond the first; retries are the further tries in the group that answered. */
function addAttempted(headers: string[], call: Call | undefined, group: string | undefined): void {
  const attempts = call?.attempts ?? [];
  let retries = 0;
  let fallbacks = 0;
  if (attempts.length > 1) {
    retries = Math.max(0, attempts.filter((attempt) => attempt.group === group).length - 1);
    fallbacks = new Set(attempts.map((attempt) => attempt.group)).size - 1;
  }
  headers.push("x-litellm-attempted-retries", String(retries), "x-litellm-attempted-fallbacks", String(fallbacks));
}

function thousandths(milliseconds: number): string {
  return String(Math.round(milliseconds * 1000) / 1000);
}

function addUpstream(headers: string[], from: Headers): void {
  for (const name in from) {
    if (hopByHop.has(name)) continue;
    const value = from[name];
    if (value === undefined) continue;
    const text = printable(typeof value === "string" ? value : value.join(", "));
    headers.push(withPrefix(name), text);
    if (name.startsWith("x-ratelimit-")) headers.push(name, text);
    else if (name.startsWith("anthropic-ratelimit-")) {
      const known = rateLimitNames.get(name);
      if (known) headers.push(known, text);
    }
  }
}

function withPrefix(name: string): string {
  const known = prefixed.get(name);
  if (known) return known;
  const made = `llm_provider-${name}`;
  if (prefixed.size < MAX_NAMES) prefixed.set(name, made);
  return made;
}

/** US dollars without exponent and without trailing zeros. */
function dollars(nano: number): string {
  if (nano === 0) return "0";
  return (nano / NANO).toFixed(9).replace(/0+$/, "").replace(/\.$/, "");
}

/** Header values hold Latin-1 only, and clients refuse heads that are too long. */
function printable(text: string): string {
  const short = text.length > MAX_VALUE ? text.slice(0, MAX_VALUE) : text;
  return plain.test(short) ? short : short.replace(/[^\x20-\x7e]+/g, percentEncoded);
}

/** Unlike encodeURIComponent it takes half a character, too, which JSON may hold. */
function percentEncoded(text: string): string {
  return Buffer.from(text).toString("hex").toUpperCase().replace(/../g, "%$&");
}
const plain = /^[\x20-\x7e]*$/;
