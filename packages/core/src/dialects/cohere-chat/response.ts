/** A reply of /v2/chat → the hub's form. */

import type { ChatResponse, ReplyMessage, ToolCall } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { Annotation } from "../../hub/extensions.ts";
import type { WireReply } from "../../transport/transport.ts";
import { finishOf } from "../chunk-maker.ts";
import type { TranslateContext } from "../dialect.ts";
import { annotationOf } from "./citations.ts";
import { noAnswer } from "./error.ts";
import { cohereUsage } from "./usage.ts";
import type { CohereContent, CohereReply, CohereToolCall } from "./wire.ts";

export function chatOfCohere({ body }: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const reply = body as CohereReply | null;
  if (reply === null || typeof reply !== "object" || typeof reply.message !== "object" || reply.message === null) throw noAnswer(body);
  const usage = cohereUsage(reply.usage);
  return {
    id: reply.id ?? `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: [{ index: 0, message: messageOf(reply.message, context.newId), ...finishOf(reply.finish_reason ?? "COMPLETE") }],
    ...(usage && { usage: chatUsage(usage) }),
  };
}

function messageOf(told: NonNullable<CohereReply["message"]>, newId: () => string): ReplyMessage {
  const parts = told.content ?? [];
  const content = parts.map((part) => part.text ?? "").join("");
  const reasoning = (told.tool_plan ?? "") + parts.map((part) => part.thinking ?? "").join("");
  const calls = (told.tool_calls ?? []).map((call) => toolCall(call, newId));
  const citations = told.citations ?? [];
  const annotations = citations
    .map((each) => annotationOf(each, lengthBefore(parts, each.content_index)))
    .filter((each): each is Annotation => each !== undefined);
  return {
    role: "assistant",
    content: content === "" && calls.length > 0 ? null : content,
    ...(reasoning !== "" && { reasoning_content: reasoning }),
    ...(calls.length > 0 && { tool_calls: calls }),
    ...(annotations.length > 0 && { annotations }),
    ...(citations.length > 0 && { provider_specific_fields: { citations } }),
  };
}

export function toolCall({ id, function: called }: CohereToolCall, newId: () => string): ToolCall & { id: string; type: "function" } {
  return {
    id: id || `call_${newId()}`,
    type: "function",
    function: { name: called?.name ?? "", arguments: called?.arguments ?? "" },
  };
}

function lengthBefore(parts: readonly CohereContent[], index: number | undefined): number {
  return parts.slice(0, index ?? 0).reduce((length, part) => length + (part.text ?? "").length, 0);
}
