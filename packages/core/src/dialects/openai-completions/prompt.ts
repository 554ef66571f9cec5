/** A conversation as one prompt, for models that only continue a text. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ContentPart } from "../../hub/chat.ts";

const labels: Readonly<Record<ChatMessage["role"], string>> = {
  system: "System",
  developer: "System",
  user: "User",
  assistant: "Assistant",
  tool: "Tool result",
  function: "Tool result",
};

/**
 * A lone user message is its own text, so that a text completion stays word for word what the client sent.
 * `allow` names types of parts that somebody else takes care of.
 */
export function promptOf(messages: readonly ChatMessage[], allow: readonly string[] = []): string {
  const [first] = messages;
  if (messages.length === 1 && first?.role === "user") return textOf(first, allow);
  const turns = messages.map((message) => `${labels[message.role] ?? "User"}: ${textOf(message, allow)}`);
  if (messages.at(-1)?.role !== "assistant") turns.push("Assistant:");
  return turns.join("\n\n");
}

/** The text of a message. Throws for parts that are no text and not allowed. */
export function textOf(message: ChatMessage, allow: readonly string[] = []): string {
  const { content } = message;
  if (content === null || content === undefined) return "";
  if (typeof content === "string") return content;
  return content.map((part) => textOfPart(part, allow)).join("");
}

function textOfPart(part: ContentPart, allow: readonly string[]): string {
  if ("text" in part && typeof part.text === "string") return part.text;
  if (part.type === "thinking" || allow.includes(part.type)) return "";
  throw new GatewayError(
    "bad_request",
    `This model cannot be sent a part of type '${part.type}', but a message holds one. Leave it out, or send its content as text.`,
    {
      param: "messages",
    },
  );
}
