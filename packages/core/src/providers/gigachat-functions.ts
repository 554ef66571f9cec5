/** GigaChat's functions, which stand for tools: one call a message, arguments as an object, results as JSON. Source: developers.sber.ru/docs/ru/gigachat/guides/functions. */

import type { Quirks } from "./provider.ts";
import { type Fields, fieldsOf, isFields, mapChoices, mapChunk, textOfParts } from "./quirks.ts";

type Wire = Readonly<Record<string, unknown>>;

export const toolsAsFunctions: Quirks = {
  rules: [
    declared,
    (wire) => (Array.isArray(wire["messages"]) ? { set: { messages: spoken(wire["messages"].filter(isFields)) } } : undefined),
  ],
  reply: (body) => ended(mapChoices(body, "message", called)),
  chunk: mapChunk((chunk) => ended(mapChoices(chunk, "delta", (delta) => called(delta, 0))), /"function_call"|"blacklist"/),
};

function declared(wire: Wire): ReturnType<NonNullable<Quirks["rules"]>[number]> {
  const { tools, tool_choice: choice } = wire;
  if (!Array.isArray(tools)) return undefined;
  const functions = tools
    .map((tool) => fieldsOf(fieldsOf(tool)["function"]))
    .filter(({ name }) => typeof name === "string")
    .map(({ strict: _, ...described }) => described);
  const only = functions.length === 1 ? functions[0]?.["name"] : undefined;
  const named = fieldsOf(fieldsOf(choice)["function"])["name"] ?? (choice === "required" ? only : undefined);
  const call = named !== undefined ? { name: named } : choice === "none" ? "none" : "auto";
  return { remove: ["tools", "tool_choice"], set: { functions, function_call: call } };
}

/** A message holds one call, and its result comes right after it. */
function spoken(messages: readonly Fields[]): Fields[] {
  const results = new Map(messages.filter(({ role }) => role === "tool").map((message) => [message["tool_call_id"], message]));
  return messages.flatMap((message): Fields[] => {
    if (message["role"] === "tool") return [];
    const calls: unknown = message["tool_calls"];
    if (!Array.isArray(calls) || calls.length === 0) return [message];
    const { tool_calls: _, ...rest } = message;
    return calls.filter(isFields).flatMap((call, at) => turn(at === 0 ? rest : { role: "assistant" }, call, results.get(call["id"])));
  });
}

function turn(message: Fields, call: Fields, result: Fields | undefined): Fields[] {
  const { name, arguments: text } = fieldsOf(call["function"]);
  const asked = { ...message, content: message["content"] ?? "", function_call: { name, arguments: parsed(text) ?? {} } };
  // The id of a call that GigaChat made is the state it asks to be told of.
  const known = typeof call["id"] === "string" && !call["id"].startsWith("call_") ? { ...asked, functions_state_id: call["id"] } : asked;
  return result ? [known, { role: "function", name, content: asJson(result["content"]) }] : [known];
}

function called(message: Fields, index?: number): Fields {
  const call = message["function_call"];
  if (!isFields(call)) return message;
  const { function_call: _, functions_state_id: state, ...rest } = message;
  const { name, arguments: given } = call;
  const text = typeof given === "string" ? given : JSON.stringify(given ?? {});
  const id = typeof state === "string" ? state : `call_${String(name)}`;
  return { ...rest, tool_calls: [{ ...(index !== undefined && { index }), id, type: "function", function: { name, arguments: text } }] };
}

const ends: Readonly<Record<string, string>> = { function_call: "tool_calls", blacklist: "content_filter" };

function ended(body: unknown): unknown {
  if (!isFields(body) || !Array.isArray(body["choices"])) return body;
  return {
    ...body,
    choices: body["choices"].map((choice: unknown) =>
      isFields(choice) ? { ...choice, finish_reason: ends[String(choice["finish_reason"])] ?? choice["finish_reason"] } : choice,
    ),
  };
}

/** Results must be JSON; a text that is none is wrapped. */
function asJson(content: unknown): string {
  const text = typeof content === "string" ? content : (textOfParts(content) ?? JSON.stringify(content ?? ""));
  return parsed(text) === undefined ? JSON.stringify({ result: text }) : text;
}

function parsed(text: unknown): unknown {
  if (typeof text !== "string") return undefined;
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}
