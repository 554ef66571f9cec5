/** The table of LLM routes: which path is spoken in which client dialect. */

import {
  type ClientSide,
  cohereRerankClient,
  mistralOcrClient,
  openaiChatClient,
  openaiCompletionsClient,
  openaiEmbeddingsClient,
  openaiImageEditsClient,
  openaiImagesClient,
  openaiImageVariationsClient,
  openaiModerationsClient,
  openaiSpeechClient,
  openaiTranscriptionsClient,
  openaiTranslationsClient,
} from "tollgate/parts";

interface LlmRouteRow {
  /** Without `/v1`; served with and without it, below `/engines/{model}` and `/openai/deployments/{model}`. */
  readonly path: string;
  readonly client: ClientSide;
  /** Other addresses of the same, as they are. */
  readonly also?: readonly string[];
}

export const llmRoutes: readonly LlmRouteRow[] = [
  { path: "/chat/completions", client: openaiChatClient as ClientSide },
  { path: "/completions", client: openaiCompletionsClient as ClientSide },
  { path: "/embeddings", client: openaiEmbeddingsClient as ClientSide },
  { path: "/rerank", client: cohereRerankClient as ClientSide, also: ["/v2/rerank"] },
  { path: "/images/generations", client: openaiImagesClient as ClientSide },
  { path: "/images/edits", client: openaiImageEditsClient as ClientSide },
  { path: "/images/variations", client: openaiImageVariationsClient as ClientSide },
  { path: "/audio/speech", client: openaiSpeechClient as ClientSide },
  { path: "/audio/transcriptions", client: openaiTranscriptionsClient as ClientSide },
  { path: "/audio/translations", client: openaiTranslationsClient as ClientSide },
  { path: "/moderations", client: openaiModerationsClient as ClientSide },
  { path: "/ocr", client: mistralOcrClient as ClientSide },
];

export interface LlmMatch {
  readonly client: ClientSide;
  readonly params: Readonly<Record<string, string>>;
  /** As it is documented: `{model}` where the model stands in it. */
  readonly path: string;
}

const noParams: Readonly<Record<string, string>> = Object.freeze({});
const exact: ReadonlyMap<string, LlmMatch> = new Map(
  llmRoutes.flatMap(({ path, client, also = [] }) =>
    [path, `/v1${path}`, `/openai/v1${path}`, ...also].map((whole) => [whole, { client, params: noParams, path: whole }] as const),
  ),
);
const withModel = new RegExp(`^/(v1/engines|engines|openai/deployments)/(.+?)(${llmRoutes.map(({ path }) => path).join("|")})$`);

/** All paths as they are documented; `{model}` where the model stands in the path. */
export const llmPaths: readonly string[] = llmRoutes.flatMap(({ path, also = [] }) => [
  `/v1${path}`,
  path,
  `/openai/v1${path}`,
  `/engines/{model}${path}`,
  `/openai/deployments/{model}${path}`,
  ...also,
]);

/** `path` without query. */
export function matchLlmRoute(path: string): LlmMatch | undefined {
  const known = exact.get(path);
  if (known) return known;
  const match = withModel.exec(path);
  if (!match) return undefined;
  const [, prefix = "", model = "", rest = ""] = match;
  const client = exact.get(rest)?.client;
  return client && { client, params: { model: decode(model) }, path: `/${prefix}/{model}${rest}` };
}

function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
