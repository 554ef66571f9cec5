/** How we ask Bedrock to sort documents. Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_agent-runtime_Rerank.html. */

import { GatewayError } from "../../errors.ts";
import type { RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn } from "../anthropic-messages/json.ts";
import { awsError } from "../aws-error.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { translatedOnly } from "../translated-only.ts";
import { rerankRequest } from "./request.ts";

export const bedrockRerank: ProviderSide<"rerank"> = {
  ...translatedOnly,
  operation: "rerank",
  dialect: "bedrock-rerank",
  path: () => "/rerank",
  request: rerankRequest,
  response: rerankResponse,
  // The reply counts nothing; AWS charges a query for up to a hundred documents.
  usage: (_reply, asked) => ({ units: { queries: Math.max(1, Math.ceil((asked?.documents.length ?? 1) / 100)) } }),
  error: awsError,
};

function rerankResponse(reply: WireReply, { asked, newId }: TranslateContext<"rerank">): RerankResponse {
  const body = objectIn(reply.body);
  if (!Array.isArray(body["results"])) {
    throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no results. Check api_base.");
  }
  const results = objectsIn(body["results"]).map((result) => {
    const index = Number(result["index"]);
    const document = documentOf(asked.documents[index]);
    const shown = asked.return_documents === true && document !== undefined ? { document } : {};
    return { index, relevance_score: Number(result["relevanceScore"]), ...shown };
  });
  const units = Math.max(1, Math.ceil(asked.documents.length / 100));
  return { id: `rerank-${newId()}`, results, meta: { billed_units: { search_units: units } } };
}

function documentOf(told: string | Readonly<Record<string, unknown>> | undefined): Readonly<Record<string, unknown>> | undefined {
  return typeof told === "string" ? { text: told } : told;
}
