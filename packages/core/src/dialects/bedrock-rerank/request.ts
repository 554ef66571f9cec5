/** A hub rerank request as Bedrock's, with its documents inline. */

import type { RerankRequest } from "../../hub/rerank.ts";
import { textIn } from "../anthropic-messages/json.ts";
import type { TranslateContext } from "../dialect.ts";

type JsonObject = Record<string, unknown>;

/** `model`: its ARN. */
export function rerankRequest({ asked, model }: TranslateContext<"rerank">): JsonObject {
  const configuration = {
    modelConfiguration: { modelArn: model, ...modelFields(asked) },
    numberOfResults: asked.top_n ?? asked.documents.length,
  };
  return {
    queries: [{ type: "TEXT", textQuery: { text: asked.query } }],
    rerankingConfiguration: { type: "BEDROCK_RERANKING_MODEL", bedrockRerankingConfiguration: configuration },
    sources: asked.documents.map(sourceOf),
  };
}

function sourceOf(document: string | Readonly<Record<string, unknown>>): JsonObject {
  if (typeof document === "string") return { type: "INLINE", inlineDocumentSource: { type: "TEXT", textDocument: { text: document } } };
  const text = textIn(document["text"]);
  if (text !== undefined && Object.keys(document).length === 1) return sourceOf(text);
  return { type: "INLINE", inlineDocumentSource: { type: "JSON", jsonDocument: document } };
}

const translated = new Set(
  "model query documents top_n rank_fields return_documents max_chunks_per_doc max_tokens_per_doc user metadata extra_headers".split(" "),
);

function modelFields(asked: RerankRequest): JsonObject {
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  const told = asked.max_tokens_per_doc;
  const fields = { ...Object.fromEntries(own), ...(typeof told === "number" && { max_tokens_per_doc: told }) };
  return Object.keys(fields).length > 0 ? { additionalModelRequestFields: fields } : {};
}
