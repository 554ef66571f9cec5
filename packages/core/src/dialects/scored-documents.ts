/** Ranks of providers that only tell scores: sorted, cut and named as the hub has them. */

import type { RerankRequest, RerankResponse } from "../hub/rerank.ts";
import { documentText } from "./rerank-documents.ts";

export interface Score {
  readonly index: number;
  readonly score: number;
}

/** Members of a rerank request that have another name there, or none. */
export const rerankMembers: ReadonlySet<string> = new Set(
  "model query documents top_n rank_fields return_documents max_chunks_per_doc max_tokens_per_doc user metadata extra_headers".split(" "),
);

export function textsOf({ documents, rank_fields }: RerankRequest): string[] {
  return documents.map((document) => documentText(document, rank_fields));
}

/** Such servers rank all and know no limit. */
export function ranked(scores: readonly Score[], asked: RerankRequest): RerankResponse["results"] {
  const best = [...scores].sort((a, b) => b.score - a.score).slice(0, asked.top_n ?? undefined);
  return best.map(({ index, score }) => {
    const document = asked.return_documents === true ? asked.documents[index] : undefined;
    return {
      index,
      relevance_score: score,
      ...(document !== undefined && { document: typeof document === "string" ? { text: document } : document }),
    };
  });
}
