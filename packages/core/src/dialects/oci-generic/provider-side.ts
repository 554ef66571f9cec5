/** Calls Oracle's generative AI service for models of the format GENERIC: Llama, Grok, Gemini, gpt-oss. */

import { GatewayError } from "../../errors.ts";
import type { ChatResponse, ReplyMessage } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireReply } from "../../transport/transport.ts";
import { finishOf } from "../chunk-maker.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ociGenericRequest } from "./request.ts";
import { ociDecoder } from "./stream.ts";
import { usageOfReply } from "./usage.ts";
import type { OciMessage, OciReply } from "./wire.ts";

export const ociGeneric: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "oci-generic",
  framing: "sse",
  path: () => "/20231130/actions/chat",
  patch: () => ({}),
  request: ociGenericRequest,
  response,
  stream: ociDecoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: usageOfReply,
  error: openaiError,
};

function response(reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const choices = (reply.body as OciReply | null)?.chatResponse?.choices;
  if (!Array.isArray(choices)) {
    throw new GatewayError("bad_reply", "Oracle answered 200, but its body holds no choices. Check api_base and the model.");
  }
  const usage = usageOfReply(reply);
  return {
    id: `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: choices.map(({ message = {}, finishReason }, index) => {
      const told = messageOf(message, context.newId);
      return { index, message: told, ...finishOf(finishReason ?? (told.tool_calls ? "tool_calls" : "stop")) };
    }),
    ...(usage && { usage: chatUsage(usage) }),
  };
}

function messageOf({ content, toolCalls, reasoningContent }: Partial<OciMessage>, newId: () => string): ReplyMessage {
  const text = (content ?? []).map((part) => part.text ?? "").join("");
  const calls = (toolCalls ?? []).map(({ id, name = "", arguments: given = "" }) => ({
    id: id || `call_${newId()}`,
    type: "function" as const,
    function: { name, arguments: given },
  }));
  return {
    role: "assistant",
    content: text === "" && calls.length > 0 ? null : text,
    ...(reasoningContent && { reasoning_content: reasoningContent }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}
