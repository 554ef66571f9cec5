/** Calls a provider in OpenAI's text completions. */

import { usageOfChat } from "../../hub/chat-usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { isPlainChunk, openaiGlance } from "../openai-chat/glance.ts";
import { withUsage } from "../openai-chat/provider-side.ts";
import { textRequest } from "./request.ts";
import { chatOfText, textReplyPatch } from "./response.ts";
import { textDecoder } from "./stream-decoder.ts";

export const openaiCompletions: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "openai-completions",
  framing: "sse",
  path: () => "/completions",
  patch: ({ model, stream, body }) => ({ set: stream ? { model, stream_options: withUsage(body.get("stream_options")) } : { model } }),
  request: textRequest,
  response: chatOfText,
  stream: textDecoder,
  glance: openaiGlance,
  isPlain: isPlainChunk,
  replyPatch: textReplyPatch,
  usage: (reply) => usageOfChat((reply.body as Record<string, unknown> | undefined)?.["usage"]),
  error: openaiError,
};
