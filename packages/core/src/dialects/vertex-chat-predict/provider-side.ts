/** Calls open models on endpoints of one's own that wrap OpenAI's chat into predict. Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/open-models/use-gemma. */

import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { isFields } from "../gemini/json.ts";
import { noGlance } from "../no-glance.ts";
import { openaiChat } from "../openai-chat/provider-side.ts";

export const vertexChatPredict: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "vertex-chat-predict",
  path: ({ model }) => `/${model}:predict`,
  patch: () => ({}),
  request(context) {
    // The endpoint is the model, and it answers whole.
    const { model: _, stream: __, stream_options: ___, ...body } = openaiChat.request(context);
    return { instances: [{ "@requestFormat": "chatCompletions", ...body }] };
  },
  response: (reply, context) => openaiChat.response(unwrapped(reply), context),
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (reply) => openaiChat.usage(unwrapped(reply)),
  error: geminiError,
};

/** `predictions` is the completion itself, or a list of one. */
function unwrapped(reply: WireReply): WireReply {
  const told = isFields(reply.body) ? reply.body["predictions"] : undefined;
  const first: unknown = Array.isArray(told) ? told[0] : told;
  return { ...reply, body: isFields(first) ? first : reply.body };
}
