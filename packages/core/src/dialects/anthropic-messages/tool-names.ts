/** Tool names that the wire takes, and the way back: a client's names may hold dots, spaces or be too long. */

import type { ChatRequest } from "../../hub/chat.ts";
import { isObject, objectIn, objectsIn } from "./json.ts";

export interface ToolNames {
  readonly toWire: (name: string) => string;
  readonly toHub: (name: string) => string;
}

const MAX_LENGTH = 128;
const allowedLetters = /^[a-zA-Z0-9_-]+$/;

/** Worked out from the request alone, so that the reply can be read without anything remembered. `longest`: letters that a name may have. */
export function toolNames(asked: ChatRequest, longest = MAX_LENGTH): ToolNames {
  const allowed = (name: string) => name.length <= longest && allowedLetters.test(name);
  const wireName = (name: string) => (allowed(name) ? name : name.replace(/[^a-zA-Z0-9_-]/g, "_").slice(0, longest) || "_");
  if (!speaksOfTools(asked)) return { toWire: wireName, toHub: same };
  const names = new Set(namesIn(asked));
  const odd = [...names].filter((name) => !allowed(name));
  if (odd.length === 0) return { toWire: wireName, toHub: same };
  const taken = new Set([...names].filter(allowed));
  const wire = new Map<string, string>();
  const hub = new Map<string, string>();
  for (const name of odd) {
    const free = freeName(wireName(name), taken, longest);
    taken.add(free);
    wire.set(name, free);
    hub.set(free, name);
  }
  return { toWire: (name) => wire.get(name) ?? wireName(name), toHub: (name) => hub.get(name) ?? name };
}

const same = (name: string): string => name;

/** Most requests name none, and none of those should pay for looking through all. */
function speaksOfTools({ tools, functions, messages }: ChatRequest): boolean {
  if (tools || functions) return true;
  for (const { tool_calls: calls, function_call: call } of messages) if (calls || call) return true;
  return false;
}

function freeName(name: string, taken: ReadonlySet<string>, longest: number): string {
  let free = name;
  for (let count = 2; taken.has(free); count += 1) {
    const end = `_${count}`;
    free = name.slice(0, longest - end.length) + end;
  }
  return free;
}

function* namesIn(asked: ChatRequest): Iterable<string> {
  for (const tool of objectsIn(asked.tools)) yield* namesOfTool(tool);
  for (const each of objectsIn(asked.functions)) if (typeof each["name"] === "string") yield each["name"];
  for (const message of asked.messages) {
    for (const call of objectsIn(message.tool_calls)) {
      const name = objectIn(call["function"])["name"];
      if (typeof name === "string") yield name;
    }
    if (typeof message.function_call?.name === "string") yield message.function_call.name;
  }
}

function* namesOfTool(tool: Record<string, unknown>): Iterable<string> {
  if (tool["type"] === "namespace") {
    for (const inner of objectsIn(tool["tools"])) yield* namesOfTool(inner);
    return;
  }
  for (const holder of [tool["function"], tool["custom"], tool]) {
    if (isObject(holder) && typeof holder["name"] === "string") {
      yield holder["name"];
      return;
    }
  }
}
