/** Asks DeepInfra's rerankers, which score pairs of query and document. Source: deepinfra.com/Qwen/Qwen3-Reranker-8B/api. */

import { GatewayError } from "../../errors.ts";
import type { RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { ranked, rerankMembers, textsOf } from "../scored-documents.ts";
import { translatedOnly } from "../translated-only.ts";

export const deepinfraRerank: ProviderSide<"rerank"> = {
  ...translatedOnly,
  operation: "rerank",
  dialect: "deepinfra-rerank",
  path: ({ model }) => `/${model.split("/").map(encodeURIComponent).join("/")}`,
  request: ({ asked }) => {
    const documents = textsOf(asked);
    return { queries: documents.map(() => asked.query), documents, ...ownMembers(asked, rerankMembers) };
  },
  response,
  usage: ({ body }) => usageOf(body),
  error: openaiError,
};

function response(reply: WireReply, { asked, newId }: TranslateContext<"rerank">): RerankResponse {
  const { scores, request_id: id } = objectIn(reply.body);
  if (!Array.isArray(scores)) {
    throw new GatewayError("bad_reply", "The provider answered 200, but its body ranks nothing (it has no list 'scores'). Check api_base.");
  }
  const results = ranked(
    scores.map((score: unknown, index) => ({ index, score: Number(score) })),
    asked,
  );
  const { inputTokens } = usageOf(reply.body);
  const meta =
    inputTokens === undefined ? {} : { meta: { billed_units: { total_tokens: inputTokens }, tokens: { input_tokens: inputTokens } } };
  return { id: textIn(id) ?? newId(), results, ...meta };
}

function usageOf(body: unknown): Usage {
  const { input_tokens: tokens, inference_status: status } = objectIn(body);
  const counted = typeof tokens === "number" ? tokens : objectIn(status)["tokens_input"];
  return typeof counted === "number" && counted > 0 ? { inputTokens: counted } : { units: { queries: 1 } };
}
