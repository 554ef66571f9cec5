/** May this principal call this path? Groups of routes are LiteLLM's names for them. */

import { GatewayError } from "tollgate/parts";
import type { Principal } from "./principal.ts";

const llm =
  /^(\/openai)?(\/v\d+(beta\d*)?)?\/(chat\/completions|completions|embeddings|responses|messages|models|images|audio|moderations|rerank|ocr|realtime|files|batches|fine_tuning|assistants|threads|vector_stores|search|videos|containers|generateContent|evals|skills)(\/|$)|^\/(engines|openai\/deployments|anthropic|azure|bedrock|cohere|gemini|mistral|openai|vertex_ai|vertex-ai|assemblyai|langfuse|vllm|openrouter)\/|^\/v1beta\/models\/|^\/(utils|mcp|a2a)(\/|$)/;
const info =
  /^(\/v\d)?\/(key\/info|key\/list|key\/aliases|team\/info|team\/list|team\/available|user\/info|organization\/info|organization\/list|project\/info|project\/list|customer\/info|end_user\/info|model\/info|model_group\/info|models|health|routes)(\/|$)/;
const management =
  /^(\/v\d)?\/(key|user|team|organization|project|customer|end_user|budget|tag|access_group|unified_access_group|credentials|model|model_group|invitation|config|audit|fallback|jwt|management|callbacks|provider)(\/|$)/;
const spend = /^\/(spend|global|(user|team|tag|organization|customer|end_user|gateway)\/(daily|spend))(\/|$)/;

const groups: Readonly<Record<string, (path: string) => boolean>> = {
  openai_routes: (path) => llm.test(path),
  llm_api_routes: (path) => llm.test(path),
  anthropic_routes: (path) => /^\/v1\/messages(\/|$)/.test(path),
  mcp_routes: (path) => /^\/mcp(\/|$)/.test(path),
  info_routes: (path) => info.test(path),
  management_routes: (path) => management.test(path) && !spend.test(path),
  spend_tracking_routes: (path) => spend.test(path),
  global_spend_tracking_routes: (path) => /^\/global\//.test(path),
  public_routes: (path) => path === "/" || /^\/(health|docs|openapi\.json|routes)(\/|$)/.test(path),
};

export function isRouteGroup(name: string): boolean {
  return Object.hasOwn(groups, name.replace(/^LiteLLMRoutes\./, ""));
}

/** `rules`: exact paths, prefixes that end in `*`, group names. */
export function fitsRoutes(path: string, rules: readonly string[]): boolean {
  for (const rule of rules) {
    const group = groups[rule.replace(/^LiteLLMRoutes\./, "")];
    if (group ? group(path) : rule.endsWith("*") ? path.startsWith(rule.slice(0, -1)) : rule === path || withoutVersion(path) === rule)
      return true;
  }
  return false;
}

function withoutVersion(path: string): string {
  return path.startsWith("/v1/") ? path.slice(3) : path;
}

export function refuseRoute({ allowedRoutes = [] }: Principal, path: string): GatewayError {
  return new GatewayError(
    "forbidden",
    `This key is not allowed to call this route: it may call ${allowedRoutes.join(", ")}, and ${path.slice(0, 200)} is none of these.`,
    { type: "auth_error" },
  );
}
