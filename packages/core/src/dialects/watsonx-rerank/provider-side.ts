/** Calls watsonx.ai's text rerank. Source: cloud.ibm.com/apidocs/watsonx-ai#text-rerank. */

import { GatewayError } from "../../errors.ts";
import type { RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { documentText } from "../rerank-documents.ts";

interface RerankReply {
  results?: { index: number; score: number; input?: { text?: string } }[];
  input_token_count?: number;
}

export const watsonxRerank: ProviderSide<"rerank"> = {
  operation: "rerank",
  dialect: "watsonx-rerank",
  path: () => "/ml/v1/text/rerank",
  patch: ({ model }) => ({ set: { model_id: model }, remove: ["model"] }),
  request,
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: openaiError,
};

function request({ asked, model }: TranslateContext<"rerank">): Record<string, unknown> {
  const { documents, query, top_n: top, return_documents: inputs, max_tokens_per_doc: most } = asked;
  return {
    model_id: model,
    query,
    inputs: documents.map((document) => ({ text: documentText(document, asked.rank_fields) })),
    parameters: {
      ...(typeof most === "number" && { truncate_input_tokens: most }),
      return_options: { ...(typeof top === "number" && { top_n: top }), inputs: inputs === true },
    },
  };
}

function response(reply: WireReply, { newId }: TranslateContext<"rerank">): RerankResponse {
  const { results, input_token_count: tokens } = (reply.body ?? {}) as RerankReply;
  if (!Array.isArray(results)) {
    throw new GatewayError(
      "bad_reply",
      "The provider answered 200, but its body ranks nothing (it has no list 'results'). Check api_base.",
    );
  }
  return {
    id: newId(),
    results: results.map(({ index, score, input }) => ({
      index,
      relevance_score: score,
      ...(input?.text !== undefined && { document: { text: input.text } }),
    })),
    meta: tokens === undefined ? {} : { billed_units: { total_tokens: tokens }, tokens: { input_tokens: tokens } },
  };
}

function usage({ body }: WireReply): Usage | undefined {
  const tokens = (body as RerankReply | null)?.input_token_count;
  return tokens === undefined ? undefined : { inputTokens: tokens };
}
