/** An assistant's turn of the hub as blocks: thinking, text, calls, and what the provider's own tools found. */

import type { ChatMessage } from "../../hub/chat.ts";
import type { FetchedFile } from "../dialect.ts";
import { isObject, objectIn, objectsIn, parsed, textIn } from "./json.ts";
import { blocksOf, cacheControlOf } from "./parts.ts";
import type { ToolNames } from "./tool-names.ts";
import type { Block, JsonObject } from "./wire.ts";

export interface AssistantContext {
  readonly names: ToolNames;
  readonly fetched: ReadonlyMap<string, FetchedFile>;
  /** The id that a call without one gets (`function_call`). */
  readonly callId: (message: ChatMessage) => string;
  /** True for the request's last message: a turn that the provider paused may end with a call of its own. */
  readonly last: boolean;
}

const SERVER_CALL = "srvtoolu_";
const thinkingTypes = new Set(["thinking", "redacted_thinking"]);

export function assistantBlocks(message: ChatMessage, context: AssistantContext): Block[] {
  const content = blocksOf(message.content, context.fetched);
  const inline = content.filter((block) => thinkingTypes.has(block.type));
  const told = objectsIn(message.thinking_blocks);
  return [
    ...objectsIn(objectIn(message["provider_specific_fields"])["compaction_blocks"]).map((block) => block as Block),
    ...thinkingBlocks(told.length > 0 ? told : objectsIn(inline)),
    ...hostedBlocks(message, context.last),
    ...content.filter((block) => !thinkingTypes.has(block.type)),
    ...callBlocks(message, context),
  ];
}

/** A stream's client may have kept thinking in pieces, with the signature in the last; unsigned thinking is refused by the wire. */
export function thinkingBlocks(told: readonly JsonObject[]): Block[] {
  const blocks: Block[] = [];
  let text = "";
  for (const block of told) {
    if (block["type"] === "redacted_thinking") {
      blocks.push({ type: "redacted_thinking", data: textIn(block["data"]) ?? "" });
    } else {
      text += textIn(block["thinking"]) ?? "";
      const signature = textIn(block["signature"]);
      if (!signature) continue;
      blocks.push({ type: "thinking", thinking: text, signature });
      text = "";
    }
  }
  return blocks;
}

/** Calls that the provider ran itself, each with its result behind it; one without a result is refused unless the turn goes on. */
function hostedBlocks(message: ChatMessage, last: boolean): Block[] {
  const fields = objectIn(message["provider_specific_fields"]);
  const results = [...objectsIn(fields["web_search_results"]), ...objectsIn(fields["tool_results"])];
  const blocks: Block[] = [];
  for (const call of objectsIn(message.tool_calls)) {
    const id = textIn(call["id"]);
    if (!id?.startsWith(SERVER_CALL)) continue;
    const found = results.filter((result) => result["tool_use_id"] === id);
    if (found.length === 0 && !last) continue;
    const { name, arguments: text } = objectIn(call["function"]);
    blocks.push({ type: "server_tool_use", id, name: textIn(name) ?? "", input: inputOf(text) }, ...found.map((result) => result as Block));
  }
  const mcp = results.filter((result) => textIn(result["type"])?.startsWith("mcp_tool_"));
  return [...blocks, ...mcp.map((result) => result as Block)];
}

function callBlocks(message: ChatMessage, context: AssistantContext): Block[] {
  const blocks: Block[] = [];
  for (const call of objectsIn(message.tool_calls)) {
    const id = textIn(call["id"]) ?? context.callId(message);
    if (id.startsWith(SERVER_CALL)) continue;
    const told = isObject(call["custom"]) ? call["custom"] : objectIn(call["function"]);
    const input = isObject(call["custom"]) ? { input: told["input"] } : inputOf(told["arguments"]);
    const cache = cacheControlOf(call);
    const name = context.names.toWire(textIn(told["name"]) ?? "");
    blocks.push({ type: "tool_use", id: wireId(id), name, input, ...(cache && { cache_control: cache }) });
  }
  const old = message.function_call;
  if (old && blocks.length === 0) {
    blocks.push({ type: "tool_use", id: context.callId(message), name: context.names.toWire(old.name), input: inputOf(old.arguments) });
  }
  return blocks;
}

/** The wire wants an object, whatever a model wrote. */
function inputOf(text: unknown): JsonObject {
  if (isObject(text)) return text;
  if (typeof text !== "string" || text.trim() === "") return {};
  const value = parsed(text);
  if (isObject(value)) return value;
  return value === undefined ? { arguments: text } : value === null ? {} : { arguments: value };
}

/** Ids of other providers may hold what this wire refuses. */
export function wireId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, "_") || "_";
}

export function isServerCall(id: string | undefined): boolean {
  return id?.startsWith(SERVER_CALL) ?? false;
}
