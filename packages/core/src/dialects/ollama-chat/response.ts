/** A whole reply of /api/chat or /api/generate as a chat response. */

import type { ChatResponse, FinishReason, ReplyMessage, ToolCall } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import { finishReasonOf } from "../../hub/finish-reason.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { noAnswer } from "./error.ts";
import { splitThinking } from "./think-tags.ts";
import { ollamaUsage } from "./usage.ts";
import { messageOf, type OllamaReply, type OllamaToolCall } from "./wire.ts";

export function chatOfOllama({ body }: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const reply = replyOf(body);
  const message = replyMessage(messageOf(reply), context.newId);
  const usage = ollamaUsage(reply);
  return {
    id: `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: [{ index: 0, message, ...finishOf(reply.done_reason, message.tool_calls !== undefined) }],
    ...(usage && { usage: chatUsage(usage) }),
  };
}

function replyOf(body: unknown): OllamaReply {
  const reply = body as OllamaReply | null;
  if (reply === null || typeof reply !== "object") throw noAnswer(body);
  if (!reply.message && typeof reply.response !== "string") throw noAnswer(body);
  return reply;
}

function replyMessage(told: ReturnType<typeof messageOf>, newId: () => string): ReplyMessage {
  const split = splitThinking(told.content ?? "");
  const reasoning = (told.thinking ?? "") + split.reasoning;
  const calls = (told.tool_calls ?? []).map((call) => toolCall(call, newId));
  return {
    role: "assistant",
    content: split.content === "" && calls.length > 0 ? null : split.content,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
  };
}

/** Arguments become text; older servers give no id. */
export function toolCall(
  { id, function: called }: OllamaToolCall,
  newId: () => string,
): Required<Pick<ToolCall, "id" | "function">> & { type: "function" } {
  const given = called.arguments ?? {};
  return {
    id: id || `call_${newId()}`,
    type: "function",
    function: { name: called.name, arguments: typeof given === "string" ? given : JSON.stringify(given) },
  };
}

/** Ollama says stop where it calls tools. */
export function finishOf(
  native: string | undefined,
  calledTools: boolean,
): { finish_reason: FinishReason; provider_specific_fields?: Record<string, unknown> } {
  const reason = finishReasonOf(native || "stop");
  if (reason === "stop" && calledTools) return { finish_reason: "tool_calls" };
  return { finish_reason: reason, ...(native && native !== reason && { provider_specific_fields: { native_finish_reason: native } }) };
}
