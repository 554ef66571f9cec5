/** The table of LLM routes: which path is spoken in which client dialect. */

import { type ClientSide, openaiChatClient, openaiCompletionsClient, openaiEmbeddingsClient } from "tollgate/parts";

interface LlmRouteRow {
  /** Without `/v1`; served with and without it, below `/engines/{model}` and `/openai/deployments/{model}`. */
  readonly path: string;
  readonly client: ClientSide;
}

export const llmRoutes: readonly LlmRouteRow[] = [
  { path: "/chat/completions", client: openaiChatClient as ClientSide },
  { path: "/completions", client: openaiCompletionsClient as ClientSide },
  { path: "/embeddings", client: openaiEmbeddingsClient as ClientSide },
];

export interface LlmMatch {
  readonly client: ClientSide;
  readonly params: Readonly<Record<string, string>>;
}

const noParams: Readonly<Record<string, string>> = Object.freeze({});
const exact: ReadonlyMap<string, LlmMatch> = new Map(
  llmRoutes.flatMap(({ path, client }) =>
    ["", "/v1", "/openai/v1"].map((prefix) => [prefix + path, { client, params: noParams }] as const),
  ),
);
const withModel = new RegExp(`^/(?:v1/engines|engines|openai/deployments)/(.+?)(${llmRoutes.map(({ path }) => path).join("|")})$`);

/** All paths as they are documented; `{model}` where the model stands in the path. */
export const llmPaths: readonly string[] = llmRoutes.flatMap(({ path }) => [
  `/v1${path}`,
  path,
  `/openai/v1${path}`,
  `/engines/{model}${path}`,
  `/openai/deployments/{model}${path}`,
]);

/** `path` without query. */
export function matchLlmRoute(path: string): LlmMatch | undefined {
  const known = exact.get(path);
  if (known) return known;
  const match = withModel.exec(path);
  if (!match) return undefined;
  const [, model = "", rest = ""] = match;
  const client = exact.get(rest)?.client;
  return client && { client, params: { model: decode(model) } };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
