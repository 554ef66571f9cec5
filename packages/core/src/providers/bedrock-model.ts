/** What a Bedrock model name says: which API, which region, which model. The forms are those that LiteLLM's users write. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { isRegion } from "./auth/aws-settings.ts";

export type BedrockRoute = "converse" | "invoke" | "rerank" | "unknown";

export interface BedrockModel {
  readonly route: BedrockRoute;
  /** As it travels: an id, a profile or an ARN. */
  readonly id: string;
  /** How a custom model is spoken to (`llama/arn:…`), where the name says so. */
  readonly template?: string;
  /** A part of the name that asks for what is not built. */
  readonly asks?: string;
}

const routes: Readonly<Record<string, BedrockRoute>> = {
  converse: "converse",
  converse_like: "converse",
  nova: "converse",
  "nova-2": "converse",
  invoke: "invoke",
};
/** Names of templates for imported models, and of wires. */
const templates = new Set(["llama", "deepseek_r1", "qwen2", "qwen3", "openai", "moonshot", "mistral", "cohere", "ai21", "anthropic"]);
const notBuilt = new Set(["agent", "agentcore", "async_invoke", "mantle", "claude_platform"]);

/** Families that Converse does not serve, or not as LiteLLM's users know them. */
const onlyInvoke =
  /^(amazon\.titan-text|amazon\.titan-tg|cohere\.command-(?!r|a)|ai21\.j2|mistral\.mistral-7b|mistral\.mixtral|meta\.llama2|twelvelabs\.pegasus)/;
/** Of a cross-region profile. */
const geography = /^(us-gov|us|eu|apac|global|jp|au|ca|in|sa|uk|me|af|il|mx)\./;

export function bedrockModel(name: string, facts: ModelFacts): BedrockModel {
  let rest = name;
  let route: BedrockRoute | undefined;
  let template: string | undefined;
  for (let cut = rest.indexOf("/"); cut > 0 && !rest.startsWith("arn:"); cut = rest.indexOf("/")) {
    const word = rest.slice(0, cut);
    if (notBuilt.has(word)) return { route: "unknown", id: rest, asks: word };
    if (routes[word]) route ??= routes[word];
    else if (templates.has(word)) template ??= word;
    else if (!isRegion(word) && word !== "bedrock") break;
    rest = rest.slice(cut + 1);
  }
  // Throughput and context variants are LiteLLM's own marks.
  const id = rest.replace(/:\d+k$/, "").replace(/\[\w+\]$/, "");
  return { route: routeOf({ route, template, id }, facts), id, template };
}

function routeOf({ route, template, id }: { route?: BedrockRoute; template?: string; id: string }, facts: ModelFacts): BedrockRoute {
  if (facts.mode === "rerank" || /[./]rerank|rerank-v/.test(id)) return "rerank";
  if (route) return route;
  if (template && id.startsWith("arn:")) return "invoke";
  if (facts.litellm_provider === "bedrock_converse") return "converse";
  return onlyInvoke.test(bareId(id)) ? "invoke" : "converse";
}

/** Without the ARN around it and the geography of a profile. */
export function bareId(id: string): string {
  const inner = id.startsWith("arn:") ? id.slice(id.indexOf("/") + 1) : id;
  return inner.replace(geography, "");
}

/** The rerank API wants an ARN; a bare id is completed with the deployment's region. */
export function arnOf(id: string, region: string | undefined): string {
  if (id.startsWith("arn:") || region === undefined) return id;
  const partition = region.startsWith("cn-") ? "aws-cn" : region.startsWith("us-gov-") ? "aws-us-gov" : "aws";
  return `arn:${partition}:bedrock:${region}::foundation-model/${id}`;
}
