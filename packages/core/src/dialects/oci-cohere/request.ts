/** A chat request in the hub's form → Oracle's ChatDetails in the format COHERE: a message, what was said before, a preamble. */

import type { ChatMessage, ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { ociDetails } from "../oci-generic/details.ts";
import { textOf } from "../openai-completions/prompt.ts";

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "maxTokens",
  max_tokens: "maxTokens",
  temperature: "temperature",
  top_p: "topP",
  top_k: "topK",
  frequency_penalty: "frequencyPenalty",
  presence_penalty: "presencePenalty",
  seed: "seed",
  stop: "stopSequences",
};

export function ociCohereRequest({ asked, model, settings }: TranslateContext<"chat">): Record<string, unknown> {
  const said = asked.messages.filter(({ role }) => role !== "system" && role !== "developer");
  const preamble = asked.messages.filter((message) => !said.includes(message)).map((message) => textOf(message));
  const results = resultsAtEnd(said);
  const rest = results.length > 0 ? said.slice(0, said.length - results.length) : said;
  const last = results.length > 0 ? undefined : rest.at(-1);
  const history = last ? rest.slice(0, -1) : rest;
  return {
    ...ociDetails(model, settings),
    chatRequest: {
      apiFormat: "COHERE",
      message: last ? textOf(last) : "",
      ...(history.length > 0 && { chatHistory: history.map((message) => turnOf(message, said)) }),
      ...(preamble.length > 0 && { preambleOverride: preamble.join("\n") }),
      ...(results.length > 0 && { toolResults: results.map((message) => resultOf(message, said)) }),
      ...generationParameters(asked, names),
      ...tools(asked),
      ...(asked.stream && { isStream: true, streamOptions: { isIncludeUsage: true } }),
    },
  };
}

function resultsAtEnd(said: readonly ChatMessage[]): ChatMessage[] {
  const last = said.findLastIndex(({ role }) => role !== "tool");
  return said.slice(last + 1);
}

function turnOf(message: ChatMessage, said: readonly ChatMessage[]): Record<string, unknown> {
  if (message.role === "tool") return { role: "TOOL", toolResults: [resultOf(message, said)] };
  const calls = (message.tool_calls ?? []).map(({ function: called }) => ({ name: called.name, parameters: parsed(called.arguments) }));
  const role = message.role === "assistant" ? "CHATBOT" : "USER";
  return { role, message: textOf(message), ...(calls.length > 0 && { toolCalls: calls }) };
}

/** A result names the call that it answers. */
function resultOf(message: ChatMessage, said: readonly ChatMessage[]): Record<string, unknown> {
  const call = said.flatMap(({ tool_calls: calls }) => calls ?? []).find(({ id }) => id === message.tool_call_id)?.function;
  const told = parsed(textOf(message));
  const output = told !== null && typeof told === "object" && !Array.isArray(told) ? told : { output: textOf(message) };
  return { call: { name: call?.name ?? message.name ?? "", parameters: parsed(call?.arguments ?? "{}") }, outputs: [output] };
}

const types: Readonly<Record<string, string>> = {
  string: "str",
  integer: "int",
  number: "float",
  boolean: "bool",
  array: "List",
  object: "Dict",
};

/** Schemas become a list of parameters with Python's names of types, which is what these models were taught. */
function tools({ tools: asked }: ChatRequest): Record<string, unknown> {
  const told = (asked ?? []).flatMap((tool) => {
    const described = (tool as { function?: { name?: string; description?: string; parameters?: Record<string, unknown> } }).function;
    return described?.name === undefined
      ? []
      : [{ name: described.name, description: described.description ?? "", ...definitions(described.parameters) }];
  });
  return told.length > 0 ? { tools: told } : {};
}

function definitions(schema: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const properties = Object.entries((schema["properties"] ?? {}) as Record<string, Record<string, unknown>>);
  const required: unknown = schema["required"];
  const told = properties.map(([name, { type, description }]) => [
    name,
    {
      type: types[String(type)] ?? "str",
      description: description ?? "",
      isRequired: Array.isArray(required) && required.includes(name),
    },
  ]);
  return told.length > 0 ? { parameterDefinitions: Object.fromEntries(told) as Record<string, unknown> } : {};
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return {};
  }
}
