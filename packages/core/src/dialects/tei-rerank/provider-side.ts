/** Calls the reranker of text-embeddings-inference. Source: huggingface.github.io/text-embeddings-inference (POST /rerank). */

import { GatewayError } from "../../errors.ts";
import type { RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { documentText } from "../rerank-documents.ts";

interface Rank {
  index: number;
  score: number;
  text?: string;
}

const translated = new Set(
  "model query documents top_n rank_fields return_documents max_chunks_per_doc max_tokens_per_doc user metadata".split(" "),
);

export const teiRerank: ProviderSide<"rerank"> = {
  operation: "rerank",
  dialect: "tei-rerank",
  path: () => "/rerank",
  // A list, which only the translator reads.
  returns: "text",
  patch: () => ({}),
  request({ asked }) {
    const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
    return {
      query: asked.query,
      texts: asked.documents.map((document) => documentText(document, asked.rank_fields)),
      ...(asked.return_documents !== undefined && asked.return_documents !== null && { return_text: asked.return_documents }),
      ...Object.fromEntries(own),
    };
  },
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: () => ({ units: { queries: 1 } }),
  error: openaiError,
};

/** The server ranks all and knows no limit. */
function response(reply: WireReply, { asked, newId }: TranslateContext<"rerank">): RerankResponse {
  const ranks = [...ranksOf(reply)].sort((a, b) => b.score - a.score).slice(0, asked.top_n ?? undefined);
  return {
    id: newId(),
    results: ranks.map(({ index, score, text }) => ({ index, relevance_score: score, ...(text !== undefined && { document: { text } }) })),
  };
}

function ranksOf({ body }: WireReply): readonly Rank[] {
  const told: unknown = typeof body === "string" ? parsed(body) : body;
  if (Array.isArray(told)) return told as Rank[];
  throw new GatewayError("bad_reply", "The server answered 200, but its body is no list of ranks. Check api_base.");
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
