/** What Fireworks' models take and say otherwise than OpenAI's. Source: docs.fireworks.ai. */

import type { ModelFacts } from "../hub/model-facts.ts";
import type { Quirks, Settings } from "./provider.ts";
import {
  anyTool,
  chatModel,
  type Fields,
  fieldsOf,
  isFields,
  mapChoices,
  messageRule,
  noStrictTools,
  oldTokenLimit,
  quirks,
} from "./quirks.ts";

const plainEffort: Quirks = {
  rules: [
    (wire) =>
      isFields(wire["reasoning_effort"]) ? { set: { reasoning_effort: fieldsOf(wire["reasoning_effort"])["effort"] } } : undefined,
  ],
};

/** Source: docs.fireworks.ai/guides/document-inlining: a model that cannot see reads an image or a PDF as text when the address says so. */
const INLINE = "#transform=inline";

const inlined: Quirks = {
  rules: [
    messageRule((message) => {
      const { content } = message;
      if (!Array.isArray(content) || !content.some(isFile)) return message;
      return { ...message, content: content.map((part: unknown) => (isFile(part) ? inlinePart(part) : part)) };
    }),
  ],
};

function isFile(part: unknown): boolean {
  const { type } = fieldsOf(part);
  return type === "image_url" || (type === "file" && urlOfFile(part) !== undefined);
}

/** A file that only Fireworks' own storage knows has no address. */
function urlOfFile(part: unknown): string | undefined {
  const { file_data: data, file_id: id } = fieldsOf(fieldsOf(part)["file"]);
  const url = data ?? id;
  return typeof url === "string" && /^(data:|https?:)/.test(url) ? url : undefined;
}

function inlinePart(part: unknown): Fields {
  const image = fieldsOf(part)["image_url"];
  const url = urlOfFile(part) ?? (isFields(image) ? image["url"] : image);
  if (typeof url !== "string" || url.endsWith(INLINE)) return fieldsOf(part);
  return { type: "image_url", image_url: { ...fieldsOf(image), url: url + INLINE } };
}

/** Some models write a tool call as the text of their answer. */
const calls: Quirks = {
  reply: (body) => {
    if (!isFields(body) || !Array.isArray(body["choices"])) return body;
    const repaired = mapChoices(body, "message", (message) => withCall(message, `call_${String(body["id"] ?? 1)}`));
    return isFields(repaired) && Array.isArray(repaired["choices"]) ? { ...repaired, choices: repaired["choices"].map(finished) } : body;
  },
};

function withCall(message: Fields, id: string): Fields {
  const { content, tool_calls: told } = message;
  if (told !== undefined && told !== null) return message;
  if (typeof content !== "string" || !/^\s*\{\s*"type"\s*:\s*"function"/.test(content)) return message;
  const call = parsed(content);
  const { name, parameters } = fieldsOf(call);
  if (typeof name !== "string" || !isFields(parameters)) return message;
  return {
    ...message,
    content: null,
    tool_calls: [{ id, type: "function", function: { name, arguments: JSON.stringify(parameters) } }],
  };
}

function finished(choice: unknown): unknown {
  const calls = fieldsOf(fieldsOf(choice)["message"])["tool_calls"];
  return Array.isArray(calls) && calls.length > 0 ? { ...fieldsOf(choice), finish_reason: "tool_calls" } : choice;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function fireworksQuirks(model: string, facts: ModelFacts, settings: Settings): Quirks | undefined {
  const sees =
    facts.supports_vision === true || /vision|-vl-|llava/.test(model) || settings["disable_add_transform_inline_image_block"] === true;
  return quirks(
    chatModel((name) => (name.startsWith("accounts/") ? name : `accounts/fireworks/models/${name}`)),
    oldTokenLimit,
    anyTool,
    noStrictTools,
    plainEffort,
    sees ? undefined : inlined,
    calls,
  );
}
