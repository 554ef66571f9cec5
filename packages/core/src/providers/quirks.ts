/** Departures from OpenAI's wire that more than one provider shares, as quirks to combine. */

import type { Patch } from "../transport/body.ts";
import type { WireEvent } from "../transport/transport.ts";
import type { Quirks } from "./provider.ts";

type Wire = Readonly<Record<string, unknown>>;
export type Fields = Record<string, unknown>;
type Rule = NonNullable<Quirks["rules"]>[number];

/**
 * Several quirks as one; of single functions the later runs on what the earlier made. Undefined when nothing is left:
 * a service without quirks has its bytes passed on as they are, and without rules they need not even be parsed.
 */
export function quirks(...parts: readonly (Quirks | undefined)[]): Quirks | undefined {
  const given = parts.filter((part) => part !== undefined);
  if (given.length === 0) return undefined;
  const all: { -readonly [K in keyof Quirks]: Quirks[K] } = {};
  for (const part of given) {
    if (part.rename) all.rename = { ...all.rename, ...part.rename };
    if (part.drop) all.drop = [...(all.drop ?? []), ...part.drop];
    if (part.rules) all.rules = [...(all.rules ?? []), ...part.rules];
    if (part.force) all.force = { ...all.force, ...part.force };
    if (part.reply) all.reply = chain(all.reply, part.reply);
    if (part.chunk) all.chunk = chain(all.chunk, part.chunk);
    if (part.error) all.error = firstOf(part.error, all.error);
  }
  return all;
}

/** The later knows the provider better. */
function firstOf(later: NonNullable<Quirks["error"]>, earlier: Quirks["error"]): Quirks["error"] {
  return earlier ? (reply) => later(reply) ?? earlier(reply) : later;
}

function chain<T>(first: ((value: T) => T) | undefined, second: (value: T) => T): (value: T) => T {
  return first ? (value) => second(first(value)) : second;
}

/** Servers that only know the older name of the output limit. */
export const oldTokenLimit: Quirks = { rename: { max_completion_tokens: "max_tokens" } };

/** Servers that send usage with the last chunk unasked and know no stream_options. */
export const noStreamOptions: Quirks = { drop: ["stream_options"] };

/** "You must call a tool" in the words of servers that follow Mistral. */
export const anyTool: Quirks = {
  rules: [(wire) => (wire["tool_choice"] === "required" ? { set: { tool_choice: "any" } } : undefined)],
};

/** Servers that call the developer's word the system's. */
export const developerAsSystem: Quirks = {
  rules: [messageRule((message) => (message["role"] === "developer" ? { ...message, role: "system" } : message))],
};

/** Servers whose messages hold text only as a string; a list with anything else in it stays. */
export const textAsString: Quirks = {
  rules: [
    messageRule((message) => {
      const text = textOfParts(message["content"]);
      return text === undefined ? message : { ...message, content: text };
    }),
  ],
};

/** Servers that refuse `strict` in a tool's function. */
export const noStrictTools: Quirks = {
  rules: [
    toolRule((tool) => {
      const described = fieldsOf(tool["function"]);
      if (!("strict" in described)) return tool;
      const { strict: _, ...rest } = described;
      return { ...tool, function: rest };
    }),
  ],
};

/** Servers that know messages without names; a tool's result keeps its own where `keep` says so. */
export function noNames(keep: (message: Wire) => boolean): Quirks {
  return {
    rules: [
      messageRule((message) => {
        if (!("name" in message) || keep(message)) return message;
        const { name: _, ...rest } = message;
        return rest;
      }),
    ],
  };
}

/** A model id that travels in another form to chat and text completions, but not to embeddings. */
export function chatModel(named: (model: string) => string): Quirks {
  return {
    rules: [
      (wire) => {
        const model = wire["model"];
        if (typeof model !== "string" || !("messages" in wire || "prompt" in wire)) return undefined;
        const name = named(model);
        return name === model ? undefined : { set: { model: name } };
      },
    ],
  };
}

/** Adds members to chat requests only. */
export function forceInChat(members: Wire): Quirks {
  return { rules: [(wire) => ("messages" in wire ? { set: members } : undefined)] };
}

/** Replies whose thinking stands in `reasoning` instead of `reasoning_content`. */
export const reasoningField: Quirks = {
  reply: (body) => mapChoices(body, "message", (message) => withReasoningContent(message)),
  chunk: mapChunk((chunk) => mapChoices(chunk, "delta", (delta) => withReasoningContent(delta)), /"reasoning"/),
};

function withReasoningContent(message: Fields): Fields {
  if (typeof message["reasoning"] !== "string" || typeof message["reasoning_content"] === "string") return message;
  const { reasoning, ...rest } = message;
  return { ...rest, reasoning_content: reasoning };
}

/** A rule on each message; the list stays untouched when no message changes. */
export function messageRule(change: (message: Fields, at: number) => Fields | undefined): Rule {
  return listRule("messages", change);
}

/** A rule on each tool. */
export function toolRule(change: (tool: Fields) => Fields | undefined): Rule {
  return listRule("tools", change);
}

function listRule(member: string, change: (item: Fields, at: number) => Fields | undefined): Rule {
  return (wire): Patch | undefined => {
    const list = wire[member];
    if (!Array.isArray(list)) return undefined;
    const changed = list.map((item: unknown, at) => (isFields(item) ? change(item, at) : item));
    if (changed.every((item, at) => item === list[at])) return undefined;
    return { set: { [member]: changed.filter((item) => item !== undefined) } };
  };
}

/** Changes the `message` or `delta` of every choice of a reply. */
export function mapChoices(body: unknown, member: "message" | "delta", change: (message: Fields) => Fields): unknown {
  if (!isFields(body) || !Array.isArray(body["choices"])) return body;
  const choices = body["choices"].map((choice: unknown) => {
    const message = isFields(choice) ? choice[member] : undefined;
    return isFields(choice) && isFields(message) ? { ...choice, [member]: change(message) } : choice;
  });
  return { ...body, choices };
}

/** A change of one event's JSON, made only where `hint` is found: most events pass unparsed. */
export function mapChunk(change: (chunk: unknown) => unknown, hint: RegExp): (event: WireEvent) => WireEvent {
  return (event) => {
    if (!hint.test(event.data)) return event;
    const chunk = parsed(event.data);
    const changed = change(chunk);
    return changed === chunk ? event : { ...event, data: JSON.stringify(changed) };
  };
}

/** The text of a list of text parts; undefined for a string and for a list with other parts. */
export function textOfParts(content: unknown): string | undefined {
  if (!Array.isArray(content)) return undefined;
  let text = "";
  for (const part of content) {
    const { type, text: words } = fieldsOf(part);
    if ((type !== "text" && type !== "input_text") || typeof words !== "string") return undefined;
    text += words;
  }
  return text;
}

function parsed(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

export function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

export function fieldsOf(value: unknown): Fields {
  return isFields(value) ? value : {};
}
