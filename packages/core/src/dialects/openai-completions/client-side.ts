/** A client calls us in OpenAI's text completions. */

import type { ClientSide } from "../dialect.ts";
import { modelOf, streamOf, wantsUsage } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError, terminator } from "../openai-chat/stream.ts";
import { chatRequestOf, echoOf } from "./client-request.ts";
import { textOfChat } from "./client-response.ts";
import { textEncoder } from "./stream-encoder.ts";

export const openaiCompletionsClient: ClientSide<"chat"> = {
  operation: "chat",
  dialect: "openai-completions",
  framing: "sse",
  // Whether a prompt must be there is left to text servers: some take other members instead of it.
  ask: (at) => ({ model: modelOf(at), stream: streamOf(at), wantsUsage: wantsUsage(at) }),
  request: chatRequestOf,
  response: (hub, at) => ({
    status: 200,
    headers: { "content-type": "application/json" },
    body: JSON.stringify(textOfChat(hub, echoOf(at))),
  }),
  stream: (at, { wantsUsage: wanted }) => textEncoder({ wantsUsage: wanted, echo: echoOf(at) }),
  error: openaiErrorReply,
  terminator,
  streamError,
};
