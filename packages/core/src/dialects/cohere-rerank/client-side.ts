/** A client calls us in Cohere's rerank. */

import type { RerankRequest } from "../../hub/rerank.ts";
import type { ClientSide } from "../dialect.ts";
import { missing, modelOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";

export const cohereRerankClient: ClientSide<"rerank"> = {
  operation: "rerank",
  dialect: "cohere-rerank",
  framing: "sse",
  ask: (at) => {
    const model = modelOf(at);
    const query = at.body.shape("query");
    if (query === "missing") throw missing("query");
    if (query !== "text" && query !== "empty text") throw wrong("query", "a text");
    const documents = at.body.shape("documents");
    if (documents === "missing") throw missing("documents");
    if (documents === "empty list") throw wrong("documents", "a list with at least one document");
    if (documents !== "list") throw wrong("documents", "a list of texts or objects");
    return { model, stream: false, wantsUsage: false };
  },
  request: (at) => ({ ...at.body.json, model: modelOf(at) }) as RerankRequest,
  response: (hub) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) }),
  error: openaiErrorReply,
  streamError,
};
