/** What Mistral's models take and say otherwise than OpenAI's, wherever they are served. Source: docs.mistral.ai/api. */

import type { Quirks } from "./provider.ts";
import {
  type Fields,
  fieldsOf,
  isFields,
  mapChoices,
  mapChunk,
  messageRule,
  noNames,
  oldTokenLimit,
  quirks,
  textAsString,
  toolRule,
} from "./quirks.ts";

/** Mistral knows no schema keywords that say where a schema comes from or how strict it is. */
const unknownKeywords = new Set(["$id", "$schema", "additionalProperties", "strict"]);

const forced: Quirks = {
  rules: [(wire) => (wire["tool_choice"] === "required" || isFields(wire["tool_choice"]) ? { set: { tool_choice: "any" } } : undefined)],
};

const messages: Quirks = {
  rules: [messageRule((message) => (isEmptyAnswer(message) ? undefined : message)), messageRule(fileParts)],
};

const tools: Quirks = {
  rules: [toolRule((tool) => (isFields(tool["function"]) ? { ...tool, function: bareSchema(tool["function"]) as Fields } : tool))],
};

/** Source: docs.mistral.ai, "Reasoning": magistral models think when asked by `prompt_mode`, others by an effort. */
const thinks: Quirks = {
  rules: [
    (wire) =>
      wire["thinking"] !== undefined || wire["reasoning_effort"] !== undefined
        ? { remove: ["thinking", "reasoning_effort"], set: { prompt_mode: "reasoning" } }
        : undefined,
  ],
};

/** Parts of an answer: text is the content, thinking the reasoning, references are dropped. */
const parts: Quirks = {
  reply: (body) => mapChoices(body, "message", asOpenai),
  chunk: mapChunk((chunk) => mapChoices(chunk, "delta", asOpenai), /"type"|"tool_calls"/),
};

export const mistralQuirks = (model: string): Quirks | undefined =>
  quirks(
    oldTokenLimit,
    { rename: { seed: "random_seed" }, drop: ["user"] },
    forced,
    messages,
    textAsString,
    noNames((message) => message["role"] === "tool"),
    tools,
    model.includes("magistral") ? thinks : undefined,
    parts,
  );

function isEmptyAnswer(message: Fields): boolean {
  if (message["role"] !== "assistant" || message["prefix"] === true) return false;
  const calls = message["tool_calls"];
  return !message["content"] && !(Array.isArray(calls) && calls.length > 0);
}

/** A file is named at the top of its part. */
function fileParts(message: Fields): Fields {
  const content = message["content"];
  if (!Array.isArray(content)) return message;
  if (!content.some((part) => fieldsOf(part)["type"] === "file" && fieldsOf(fieldsOf(part)["file"])["file_id"])) return message;
  return {
    ...message,
    content: content.map((part: unknown) => {
      const id = fieldsOf(fieldsOf(part)["file"])["file_id"];
      return id ? { type: "file", file_id: id } : part;
    }),
  };
}

function bareSchema(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(bareSchema);
  if (!isFields(value)) return value;
  const kept = Object.entries(value).filter(([name, inner]) => !unknownKeywords.has(name) || isProperty(name, inner));
  return Object.fromEntries(kept.map(([name, inner]) => [name, bareSchema(inner)]));
}

/** A tool may have a parameter that is called like a keyword: its value is then a schema with a type. */
function isProperty(name: string, value: unknown): boolean {
  return name !== "additionalProperties" && isFields(value) && "type" in value;
}

function asOpenai(message: Fields): Fields {
  return withCallTypes(flattened(message));
}

/** Tool calls come without their type. */
function withCallTypes(message: Fields): Fields {
  const calls = message["tool_calls"];
  if (!Array.isArray(calls) || calls.every((call) => "type" in fieldsOf(call))) return message;
  return { ...message, tool_calls: calls.map((call: unknown) => (isFields(call) ? { type: "function", ...call } : call)) };
}

function flattened(message: Fields): Fields {
  const content = message["content"];
  if (!Array.isArray(content)) return message;
  let text = "";
  let thinking = "";
  for (const part of content) {
    const { type, text: words, thinking: thoughts } = fieldsOf(part);
    if (type === "text" && typeof words === "string") text += words;
    if (type === "thinking") thinking += textIn(thoughts);
  }
  return { ...message, content: text === "" && thinking !== "" ? null : text, ...(thinking !== "" && { reasoning_content: thinking }) };
}

function textIn(thoughts: unknown): string {
  if (typeof thoughts === "string") return thoughts;
  return Array.isArray(thoughts) ? thoughts.map((thought) => String(fieldsOf(thought)["text"] ?? "")).join("") : "";
}
