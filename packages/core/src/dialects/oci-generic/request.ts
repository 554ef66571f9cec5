/** A chat request in the hub's form → Oracle's ChatDetails in the format GENERIC. */

import type { ChatMessage, ChatRequest, ContentPart, ImagePart } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { textOf } from "../openai-completions/prompt.ts";
import { ociDetails } from "./details.ts";
import type { OciContent, OciMessage } from "./wire.ts";

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "maxTokens",
  max_tokens: "maxTokens",
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  frequency_penalty: "frequencyPenalty",
  presence_penalty: "presencePenalty",
  n: "numGenerations",
  seed: "seed",
  stop: "stop",
  logit_bias: "logitBias",
  top_logprobs: "logProbs",
  parallel_tool_calls: "isParallelToolCalls",
};

export function ociGenericRequest({ asked, model, settings }: TranslateContext<"chat">): Record<string, unknown> {
  const effort = asked.reasoning_effort;
  return {
    ...ociDetails(model, settings),
    chatRequest: {
      apiFormat: "GENERIC",
      messages: asked.messages.map(messageOf),
      ...generationParameters(asked, names),
      ...(typeof effort === "string" && effort !== "none" && { reasoningEffort: effort.toUpperCase() }),
      ...tools(asked),
      ...format(asked),
      ...(asked.stream && { isStream: true, streamOptions: { isIncludeUsage: true } }),
    },
  };
}

const roles: Readonly<Record<ChatMessage["role"], OciMessage["role"]>> = {
  system: "SYSTEM",
  developer: "SYSTEM",
  user: "USER",
  assistant: "ASSISTANT",
  tool: "TOOL",
  function: "TOOL",
};

function messageOf(message: ChatMessage): OciMessage {
  const calls = (message.tool_calls ?? []).map(({ id, function: called }) => ({ ...(id && { id }), type: "FUNCTION" as const, ...called }));
  const content = contentOf(message);
  return {
    role: roles[message.role] ?? "USER",
    ...((content.length > 0 || calls.length === 0) && { content }),
    ...(calls.length > 0 && { toolCalls: calls }),
    ...(message.tool_call_id !== undefined && { toolCallId: message.tool_call_id }),
  };
}

function contentOf(message: ChatMessage): OciContent[] {
  const { content } = message;
  if (!Array.isArray(content)) return content ? [{ type: "TEXT", text: content }] : [];
  return content.map((part) => (part.type === "image_url" ? image(part) : { type: "TEXT", text: textOf({ ...message, content: [part] }) }));
}

function image(part: ContentPart): OciContent {
  const { image_url: given } = part as ImagePart;
  const { url, detail } = typeof given === "string" ? { url: given, detail: undefined } : given;
  return { type: "IMAGE", imageUrl: { url, ...(detail && { detail: detail.toUpperCase() }) } };
}

function tools({ tools: asked, tool_choice: choice }: ChatRequest): Record<string, unknown> {
  const told = (asked ?? []).flatMap((tool) => {
    const { name, description, parameters } = (tool as { function?: Record<string, unknown> }).function ?? {};
    return name === undefined ? [] : [{ type: "FUNCTION", name, description, parameters }];
  });
  if (told.length === 0) return {};
  const named = choice !== null && typeof choice === "object" ? choice.function?.name : undefined;
  const chosen =
    named !== undefined ? { type: "FUNCTION", name: named } : typeof choice === "string" ? { type: choice.toUpperCase() } : undefined;
  return { tools: told, ...(chosen && { toolChoice: chosen }) };
}

function format({ response_format: asked }: ChatRequest): Record<string, unknown> {
  if (!asked) return {};
  const { name, description, schema, strict } = asked.json_schema ?? {};
  const described = asked.json_schema && { name, description, schema, isStrict: strict ?? undefined };
  return { responseFormat: { type: asked.type.toUpperCase(), ...(described && { jsonSchema: described }) } };
}
