/** Asks NVIDIA's rerankers, hosted or as a NIM of one's own. Source: docs.nvidia.com/nim/nemo-retriever/text-reranking (API reference). */

import { GatewayError } from "../../errors.ts";
import type { RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { ranked, rerankMembers, textsOf } from "../scored-documents.ts";
import { translatedOnly } from "../translated-only.ts";

/** A NIM of one's own has one model and one place for it: `ranking/<model>` says so. */
const own = /^ranking\//;

export const nvidiaRerank: ProviderSide<"rerank"> = {
  ...translatedOnly,
  operation: "rerank",
  dialect: "nvidia-rerank",
  path: ({ model }) => (own.test(model) ? "/ranking" : `/retrieval/${model.split("/").map(encodeURIComponent).join("/")}/reranking`),
  request: ({ asked, model }) => ({
    model: model.replace(own, ""),
    query: { text: asked.query },
    passages: textsOf(asked).map((text) => ({ text })),
    ...ownMembers(asked, rerankMembers),
  }),
  response,
  usage: ({ body }) => {
    const tokens = objectIn(objectIn(body)["usage"])["total_tokens"];
    return typeof tokens === "number" ? { inputTokens: tokens, units: { queries: 1 } } : { units: { queries: 1 } };
  },
  error: openaiError,
};

/** Logits are scores of any size; only their order and distance mean something. */
function response(reply: WireReply, { asked, newId }: TranslateContext<"rerank">): RerankResponse {
  const { rankings } = objectIn(reply.body);
  if (!Array.isArray(rankings)) {
    throw new GatewayError(
      "bad_reply",
      "The provider answered 200, but its body ranks nothing (it has no list 'rankings'). Check api_base.",
    );
  }
  const scores = objectsIn(rankings).map(({ index, logit }) => ({ index: Number(index), score: Number(logit) }));
  return { id: newId(), results: ranked(scores, asked) };
}
