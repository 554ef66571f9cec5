/** A conversation in the hub's form → Cohere's messages. Source: docs.cohere.com/docs/tool-use-overview, docs.cohere.com/docs/image-inputs. */

import type { ChatMessage, ContentPart } from "../../hub/chat.ts";
import type { CohereMessage, CohereToolCall } from "./wire.ts";

const roles: Readonly<Record<ChatMessage["role"], CohereMessage["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

export function messagesOf(messages: readonly ChatMessage[]): CohereMessage[] {
  return messages.map((message) => {
    const role = roles[message.role] ?? "user";
    if (role === "assistant") return assistant(message);
    if (role === "tool") return { role, tool_call_id: message.tool_call_id ?? message.name ?? "", content: contentOf(message) ?? "" };
    return { role, content: contentOf(message) ?? "" };
  });
}

function assistant(message: ChatMessage): CohereMessage {
  const calls = callsOf(message);
  const content = contentOf(message);
  const thoughts = message.reasoning_content;
  if (calls.length > 0) {
    return { role: "assistant", ...(content && { content }), ...(thoughts && { tool_plan: thoughts }), tool_calls: calls };
  }
  if (!thoughts) return { role: "assistant", content: content ?? "" };
  const text = typeof content === "string" ? [{ type: "text", text: content }] : (content ?? []);
  return { role: "assistant", content: [{ type: "thinking", thinking: thoughts }, ...text] };
}

/** An old function call has no id: its result is found by the function's name. */
function callsOf({ tool_calls: calls, function_call: old }: ChatMessage): CohereToolCall[] {
  if (calls) return calls.map(({ id, function: called }) => ({ ...(id && { id }), type: "function", function: called }));
  return old ? [{ id: old.name, type: "function", function: old }] : [];
}

function contentOf({ content }: ChatMessage): CohereMessage["content"] {
  if (content === null || content === undefined) return undefined;
  return typeof content === "string" ? content : content.map(part);
}

/** Parts have OpenAI's form; hints for other providers would be refused. */
function part(given: ContentPart): Record<string, unknown> {
  const { cache_control: _, ...told } = given as Record<string, unknown>;
  if (told["type"] === "image_url" && typeof told["image_url"] === "string") return { ...told, image_url: { url: told["image_url"] } };
  return told;
}
