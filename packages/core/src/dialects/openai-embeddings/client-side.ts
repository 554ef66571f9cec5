/** A client calls us in OpenAI's embeddings. */

import type { EmbedRequest } from "../../hub/embed.ts";
import type { ClientSide } from "../dialect.ts";
import { missing, modelOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";

export const openaiEmbeddingsClient: ClientSide<"embed"> = {
  operation: "embed",
  dialect: "openai-embeddings",
  framing: "sse",
  ask: (at) => {
    const model = modelOf(at);
    const shape = at.body.shape("input");
    if (shape === "missing") throw missing("input");
    if (shape === "boolean" || shape === "number") throw wrong("input", "a text or a list");
    return { model, stream: false, wantsUsage: false };
  },
  request: (at) => ({ ...at.body.json, model: modelOf(at) }) as EmbedRequest,
  response: (hub) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) }),
  error: openaiErrorReply,
  streamError,
};
