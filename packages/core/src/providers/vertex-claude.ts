/** Claude as Vertex AI serves it: Anthropic's messages with the model in the path. Source: platform.claude.com/docs/en/build-with-claude/claude-on-vertex-ai. */

import { betaHeader, betasIn } from "../dialects/anthropic-messages/betas.ts";
import { addressesIn } from "../dialects/anthropic-messages/parts.ts";
import { anthropicMessages } from "../dialects/anthropic-messages/provider-side.ts";
import type { ProviderSide, TranslateContext } from "../dialects/dialect.ts";
import { fieldsOf, isFields } from "./quirks.ts";

const VERSION = "vertex-2023-10-16";

/** Betas that have another name here. */
const renamed: Readonly<Record<string, string>> = { "advanced-tool-use-2025-11-20": "tool-search-tool-2025-10-19" };
const WEB_SEARCH_BETA = "web-search-2025-03-05";

const noHeaders = Object.freeze({});

type Context = TranslateContext<"chat">;
type Wire = Readonly<Record<string, unknown>>;

/** `resource` is the path up to the method. */
export function vertexClaude(resource: string): ProviderSide<"chat"> {
  return {
    ...anthropicMessages,
    path: ({ stream }) => `${resource}:${stream ? "streamRawPredict" : "rawPredict"}`,
    patch: ({ body }) => ({ remove: ["model"], set: { anthropic_version: body.get("anthropic_version") ?? VERSION } }),
    headers(context, wire) {
      const betas = betasOf(context, wire);
      return betas.length > 0 ? betaHeader(betas) : noHeaders;
    },
    // Vertex AI goes to no address itself.
    fetches: (asked) => addressesIn(asked).filter((address) => /^https?:/i.test(address)),
    request: (context) => requestOf(withoutSchemas(context)),
    response: (reply, context) => anthropicMessages.response(reply, withoutSchemas(context)),
    stream: (context) => decoderOf(withoutSchemas(context)),
  };
}

function requestOf(context: Context): Record<string, unknown> {
  const { model: _, output_format: __, ...wire } = anthropicMessages.request(context);
  const betas = betasOf(context, wire);
  return {
    ...wire,
    ...outputConfig(wire["output_config"]),
    anthropic_version: VERSION,
    ...(betas.length > 0 && { anthropic_beta: betas }),
  };
}

/** An answer in a form comes by a tool; of output_config only the effort is known here. */
function outputConfig(told: unknown): Record<string, unknown> {
  if (!isFields(told) || told["format"] === undefined) return {};
  const { format: _, ...kept } = told;
  return { output_config: Object.keys(kept).length > 0 ? kept : undefined };
}

function withoutSchemas(context: Context): Context {
  return { ...context, facts: { ...context.facts, supports_native_structured_output: false } };
}

function betasOf(context: Context, wire: Wire): string[] {
  const found = betasIn(anthropicMessages.headers?.(context, wire)).map((beta) => renamed[beta] ?? beta);
  const tools: readonly unknown[] = Array.isArray(wire["tools"]) ? wire["tools"] : [];
  const searches = tools.some((tool) => String(fieldsOf(tool)["type"]).startsWith("web_search_"));
  return [...new Set([...found, ...(searches ? [WEB_SEARCH_BETA] : [])])];
}

function decoderOf(context: Context): ReturnType<NonNullable<ProviderSide<"chat">["stream"]>> {
  if (!anthropicMessages.stream) throw new Error("Anthropic's messages have a stream.");
  return anthropicMessages.stream(context);
}
