/** Calls Google's ranking API. Source: docs.cloud.google.com/generative-ai-app-builder/docs/ranking. */

import { GatewayError } from "../../errors.ts";
import type { RerankRequest, RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { type Fields, isFields } from "../gemini/json.ts";
import { noGlance } from "../no-glance.ts";

/** What one query is billed for at most. */
const RECORDS_PER_QUERY = 100;

/** Cohere's words without a counterpart here. */
const left = new Set(
  "model query documents top_n return_documents rank_fields max_chunks_per_doc max_tokens_per_doc user metadata".split(" "),
);

export const vertexRank: ProviderSide<"rerank"> = {
  operation: "rerank",
  dialect: "vertex-rank",
  path: () => "/rankingConfigs/default_ranking_config:rank",
  patch: () => ({}),
  request,
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (_, asked) => ({ units: { queries: Math.max(1, Math.ceil((asked?.documents.length ?? 0) / RECORDS_PER_QUERY)) } }),
  error: geminiError,
};

/** Records are known by their place in the list; their texts need not come back. */
function request({ asked, model }: TranslateContext<"rerank">): Fields {
  const own = Object.entries(asked).filter(([name, value]) => !left.has(name) && value !== null && value !== undefined);
  return {
    model,
    query: asked.query,
    records: asked.documents.map((document, at) => ({ id: String(at), ...recordOf(document, asked.rank_fields) })),
    ...(typeof asked.top_n === "number" && { topN: asked.top_n }),
    ignoreRecordDetailsInResponse: true,
    ...Object.fromEntries(own),
  };
}

function recordOf(document: RerankRequest["documents"][number], fields: RerankRequest["rank_fields"]): Fields {
  if (typeof document === "string") return { content: document };
  const title = typeof document["title"] === "string" && !fields?.length ? { title: document["title"] } : {};
  return { ...title, content: textIn(document, fields) };
}

function textIn(document: Readonly<Fields>, fields: RerankRequest["rank_fields"]): string {
  if (fields && fields.length > 0)
    return fields
      .map((name) => document[name])
      .filter((each) => typeof each === "string")
      .join("\n");
  const text = document["text"] ?? document["content"];
  return typeof text === "string" ? text : JSON.stringify(document);
}

function response(reply: WireReply, { asked, newId }: TranslateContext<"rerank">): RerankResponse {
  const { body } = reply;
  if (!isFields(body) || !Array.isArray(body["records"])) {
    throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no records. Check api_base.");
  }
  const records: readonly unknown[] = body["records"];
  const results = records.filter(isFields).map(({ id, score }) => {
    const document = asked.documents[Number(id)];
    const shown = asked.return_documents !== false && document !== undefined;
    return {
      index: Number(id),
      relevance_score: Number(score),
      ...(shown && { document: typeof document === "string" ? { text: document } : document }),
    };
  });
  return {
    id: `rerank-${newId()}`,
    results,
    meta: { billed_units: { search_units: Math.max(1, Math.ceil(asked.documents.length / RECORDS_PER_QUERY)) } },
  };
}
