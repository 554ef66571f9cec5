/** A chat request for /api/chat. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ChatRequest, Tool } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { textOf } from "../openai-completions/prompt.ts";
import { imagesOf } from "./images.ts";
import { parametersOf } from "./options.ts";
import type { OllamaMessage, OllamaToolCall } from "./wire.ts";

const nothingMore: ReadonlySet<string> = new Set();

export function chatRequest(context: TranslateContext<"chat">): Record<string, unknown> {
  const { asked, model } = context;
  const tools = toolsOf(context);
  return {
    model,
    messages: messagesOf(context),
    ...(tools.length > 0 && { tools }),
    ...parametersOf(asked, model, nothingMore),
    // Ollama streams unless told not to.
    stream: asked.stream === true,
  };
}

const roles: Readonly<Record<ChatMessage["role"], OllamaMessage["role"]>> = {
  system: "system",
  developer: "system",
  user: "user",
  assistant: "assistant",
  tool: "tool",
  function: "tool",
};

function messagesOf({ asked, fetched }: TranslateContext<"chat">): OllamaMessage[] {
  /** Ollama tells results apart by the tool's name, OpenAI by the call's id. */
  const namesById = new Map<string, string>();
  return asked.messages.map((message) => {
    const images = imagesOf(message, fetched);
    const calls = callsOf(message);
    for (const call of message.tool_calls ?? []) if (call.id) namesById.set(call.id, call.function.name);
    const role = roles[message.role] ?? "user";
    const toolName = role === "tool" ? (message.name ?? namesById.get(message.tool_call_id ?? "")) : undefined;
    return {
      role,
      content: textOf(message, ["image_url"]),
      ...(images.length > 0 && { images }),
      ...(role === "assistant" && message.reasoning_content && { thinking: message.reasoning_content }),
      ...(calls.length > 0 && { tool_calls: calls }),
      ...(toolName !== undefined && { tool_name: toolName }),
    };
  });
}

function callsOf({ tool_calls: calls, function_call: old }: ChatMessage): OllamaToolCall[] {
  const told = calls?.map((call) => call.function) ?? (old ? [old] : []);
  return told.map(({ name, arguments: text }) => ({ function: { name, arguments: argumentsOf(name, text) } }));
}

/** Ollama wants an object. */
function argumentsOf(name: string, text: string): Record<string, unknown> {
  if (!text?.trim()) return {};
  try {
    return JSON.parse(text) as Record<string, unknown>;
  } catch (cause) {
    throw new GatewayError("bad_request", `The arguments of the call to ${name} are not valid JSON. Send them as the model gave them.`, {
      param: "messages",
      cause,
    });
  }
}

function toolsOf({ asked, dropParams }: TranslateContext<"chat">): Record<string, unknown>[] {
  if (asked.tool_choice === "none" || asked.function_call === "none") return [];
  const all: Tool[] = [...(asked.tools ?? []), ...oldFunctions(asked)];
  const known = all.filter((tool) => tool.type === "function" && "function" in tool);
  const other = all.find((tool) => !known.includes(tool));
  if (other && !dropParams) {
    throw new GatewayError("unsupported_params", `Ollama knows no tool of type '${other.type}'. Leave it out, or set drop_params.`, {
      param: "tools",
    });
  }
  return known.map((tool) => ({ type: "function", function: tool["function" as keyof Tool] }));
}

function oldFunctions({ functions }: ChatRequest): Tool[] {
  return (functions ?? []).map((described) => ({ type: "function", function: described }));
}
