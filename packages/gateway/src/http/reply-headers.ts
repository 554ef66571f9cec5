/** What a call says about itself in reply headers. Names are LiteLLM's; contract of section 3. */

import { type Call, type Deployment, errorKinds, type Headers, type Opened } from "tollgate/parts";
import type { CallParts } from "../serve-call.ts";
import { headerLine, headerLines, printable } from "../texts/header-lines.ts";
import { dollars, thousandths } from "../texts/number-texts.ts";

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
/** Providers send the same names again and again, and mostly the same values. */
const known = new Map<string, Named>();
const MOST_NAMES = 1_000;

export function createHeaders(version: string): CallParts["headersOf"] {
  return {
    answer(call, opened, told) {
      return (
        `x-litellm-call-id: ${call.id}\r\n${fixedOf(opened, version)}${attempted(call, opened.group)}` +
        `x-litellm-response-duration-ms: ${thousandths(told.durationMs)}\r\n` +
        `x-litellm-overhead-duration-ms: ${thousandths(Math.max(0, told.durationMs - opened.waitedMs))}\r\n` +
        `${told.costNano === undefined ? "" : `x-litellm-response-cost: ${dollars(told.costNano)}\r\n`}${upstream(opened.answer.headers)}`
      );
    },
    error(id, call, error) {
      let lines = `x-litellm-call-id: ${id}\r\nx-litellm-version: ${version}\r\n`;
      if (call) lines += headerLine("x-litellm-model-group", call.ask.model);
      const last = call?.attempts.at(-1)?.deployment;
      if (last) lines += headerLine("x-litellm-model-id", last.id) + headerLine("x-litellm-model-api-base", last.shownBase);
      lines += attempted(call, call?.attempts.at(-1)?.group);
      if (error.detail.headers) lines += upstream(error.detail.headers);
      for (const name in error.detail.replyHeaders) lines += headerLine(name, error.detail.replyHeaders[name] ?? "");
      if (error.retryAfter !== undefined)
        lines += `retry-after: ${error.retryAfter}\r\nretry-after-ms: ${Math.ceil(error.detail.retryAfterMs ?? 0)}\r\n`;
      if (errorKinds[error.kind].status === 405) lines += "allow: POST\r\n";
      return lines;
    },
  };
}

/** What is the same for every call of a deployment in a group. */
const fixed = new WeakMap<Deployment, { readonly group: string; readonly lines: string }>();

function fixedOf({ deployment, group }: Opened, version: string): string {
  const known = fixed.get(deployment);
  if (known && known.group === group) return known.lines;
  const lines = headerLines([
    ...["x-litellm-version", version, "x-litellm-model-id", deployment.id],
    ...["x-litellm-model-group", group, "x-litellm-model-api-base", deployment.shownBase],
  ]);
  fixed.set(deployment, { group, lines });
  return lines;
}

/** Fallbacks are groups beyond the first; retries are the further tries in the group that answered. */
function attempted(call: Call | undefined, group: string | undefined): string {
  const attempts = call?.attempts ?? [];
  if (attempts.length < 2) return atOnce;
  const retries = Math.max(0, attempts.filter((attempt) => attempt.group === group).length - 1);
  const fallbacks = new Set(attempts.map((attempt) => attempt.group)).size - 1;
  return attemptedLines(retries, fallbacks);
}

function attemptedLines(retries: number, fallbacks: number): string {
  return `x-litellm-attempted-retries: ${retries}\r\nx-litellm-attempted-fallbacks: ${fallbacks}\r\n`;
}

const atOnce = attemptedLines(0, 0);

function upstream(from: Headers): string {
  let lines = "";
  for (const name in from) {
    const value = from[name];
    if (value !== undefined) lines += namedBy(name).linesOf(typeof value === "string" ? value : value.join(", "));
  }
  return lines;
}

function namedBy(name: string): Named {
  const found = known.get(name);
  if (found) return found;
  const made = new Named(name);
  if (known.size < MOST_NAMES) known.set(name, made);
  return made;
}

/** A header of a provider: the names under which a client gets it, and its lines when it came last. */
class Named {
  readonly #names: readonly string[];
  #value = "";
  #lines: string;

  constructor(name: string) {
    const common = name.startsWith("x-ratelimit-") ? name : rateLimitNames.get(name);
    this.#names = hopByHop.has(name) ? [] : [`llm_provider-${name}`, ...(common === undefined ? [] : [common])];
    this.#lines = this.#made("");
  }

  linesOf(value: string): string {
    if (value !== this.#value) {
      this.#value = value;
      this.#lines = this.#made(value);
    }
    return this.#lines;
  }

  #made(value: string): string {
    const text = printable(value);
    let lines = "";
    for (const name of this.#names) lines += `${name}: ${text}\r\n`;
    return lines;
  }
}
