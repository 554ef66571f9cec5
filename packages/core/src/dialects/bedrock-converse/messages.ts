/** The hub's messages as system blocks and turns that alternate between user and assistant. */

import type { ChatMessage, ChatRequest } from "../../hub/chat.ts";
import { thinkingBlocks } from "../anthropic-messages/assistant.ts";
import { isObject, objectIn, objectsIn, parsed, textIn } from "../anthropic-messages/json.ts";
import type { ToolNames } from "../anthropic-messages/tool-names.ts";
import type { TranslateContext } from "../dialect.ts";
import { documentNames, type PartContext } from "./part-context.ts";
import { blocksOf, cachePoints } from "./parts.ts";
import type { Block, WireMessage } from "./wire.ts";

/** Said where a conversation has no user turn to begin with. */
const PLACEHOLDER = "Please continue.";
const MAX_ID = 64;

export interface WireMessages {
  readonly system: Block[];
  readonly messages: WireMessage[];
}

export function wireMessages(given: TranslateContext<"chat">, names: ToolNames): WireMessages {
  const context: PartContext = { ...given, documentName: documentNames() };
  const system: Block[] = [];
  const turns: WireMessage[] = [];
  for (const message of given.asked.messages) {
    // There is no place for instructions between turns.
    if (message.role === "system" || message.role === "developer")
      system.push(...marked(blocksOf(message.content, context), message, context));
    else join(turns, turnOf(message, context, names));
  }
  trimEnd(turns);
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: [{ text: placeholder(given) }] });
  return { system, messages: turns.map(resultsFirst) };
}

function turnOf(message: ChatMessage, context: PartContext, names: ToolNames): WireMessage {
  switch (message.role) {
    case "assistant":
      return { role: "assistant", content: marked(assistantBlocks(message, context, names), message, context) };
    case "tool":
    case "function":
      return { role: "user", content: toolResult(message, context) };
    default:
      return { role: "user", content: marked(blocksOf(message.content, context), message, context) };
  }
}

/** A message's own `cache_control` stands behind its last block. */
function marked(blocks: Block[], message: ChatMessage, context: PartContext): Block[] {
  return blocks.length === 0 ? blocks : [...blocks, ...cachePoints(message, context)];
}

function assistantBlocks(message: ChatMessage, context: PartContext, names: ToolNames): Block[] {
  const told = objectsIn(message.thinking_blocks);
  const inline = objectsIn(message.content).filter((part) => part["type"] === "thinking" || part["type"] === "redacted_thinking");
  return [
    ...thinkingBlocks(told.length > 0 ? told : inline).map(reasoningBlock),
    ...blocksOf(message.content, context),
    ...callBlocks(message, context, names),
  ];
}

function reasoningBlock(told: object): Block {
  const block = objectIn(told);
  if (block["type"] === "redacted_thinking") return { reasoningContent: { redactedContent: textIn(block["data"]) ?? "" } };
  const text = textIn(block["thinking"]) ?? "";
  return { reasoningContent: { reasoningText: { text, signature: textIn(block["signature"]) } } };
}

function callBlocks(message: ChatMessage, context: PartContext, names: ToolNames): Block[] {
  const blocks: Block[] = [];
  for (const call of objectsIn(message.tool_calls)) {
    const told = isObject(call["custom"]) ? call["custom"] : objectIn(call["function"]);
    const input = isObject(call["custom"]) ? { input: told["input"] } : inputOf(told["arguments"]);
    const toolUseId = wireId(textIn(call["id"]) ?? callId(context.asked, message));
    blocks.push({ toolUse: { toolUseId, name: names.toWire(textIn(told["name"]) ?? ""), input } }, ...cachePoints(call, context));
  }
  const old = message.function_call;
  if (old && blocks.length === 0) {
    const toolUseId = callId(context.asked, message);
    blocks.push({ toolUse: { toolUseId, name: names.toWire(old.name), input: inputOf(old.arguments) } });
  }
  return blocks;
}

/** The wire wants an object, whatever a model wrote. */
function inputOf(text: unknown): unknown {
  if (isObject(text)) return text;
  if (typeof text !== "string" || text.trim() === "") return {};
  const value = parsed(text);
  if (isObject(value)) return value;
  return value === null ? {} : { arguments: value === undefined ? text : value };
}

function toolResult(message: ChatMessage, context: PartContext): Block[] {
  const blocks = blocksOf(message.content, context);
  // Cache points are not allowed inside a result; one that was asked for there stands behind it.
  const content = blocks.filter((block) => !block.cachePoint);
  const toolUseId = wireId(message.tool_call_id ?? callId(context.asked, message));
  const result: Block = { toolResult: { toolUseId, content, ...(message["is_error"] === true && { status: "error" as const }) } };
  const inner = blocks.filter((block) => block.cachePoint).slice(-1);
  return [result, ...(inner.length > 0 ? inner : cachePoints(message, context))];
}

/** `function_call` and its answer know no ids: the n-th call of the conversation and the n-th answer belong together. */
function callId(asked: ChatRequest, message: ChatMessage): string {
  const answer = message.role === "function" || message.role === "tool";
  const same = (each: ChatMessage) =>
    answer ? each.role === message.role : each.role === "assistant" && Boolean(each.function_call ?? each.tool_calls);
  return `call_${asked.messages.filter(same).indexOf(message) + 1}`;
}

/** Ids of other providers may be longer than the wire allows; their ends differ more than their beginnings. */
function wireId(id: string): string {
  return id.replace(/[^a-zA-Z0-9_-]/g, "_").slice(-MAX_ID) || "_";
}

function join(turns: WireMessage[], turn: WireMessage): void {
  if (turn.content.length === 0) return;
  const last = turns.at(-1);
  if (last?.role === turn.role) last.content.push(...turn.content);
  else turns.push(turn);
}

function resultsFirst(turn: WireMessage): WireMessage {
  if (turn.role !== "user" || !turn.content.some((block) => block.toolResult)) return turn;
  const lastResult = turn.content.findLastIndex((block) => block.toolResult);
  const early = turn.content.slice(0, lastResult).filter((block) => !block.toolResult && !block.cachePoint);
  if (early.length === 0) return turn;
  const results = turn.content.slice(0, lastResult + 1).filter((block) => block.toolResult || block.cachePoint);
  return { role: "user", content: [...results, ...early, ...turn.content.slice(lastResult + 1)] };
}

/** A prefill must not end in white space. */
function trimEnd(turns: WireMessage[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role === "assistant" && block?.text !== undefined) block.text = block.text.trimEnd();
}

function placeholder({ settings }: TranslateContext<"chat">): string {
  const told = settings["user_continue_message"];
  return textIn(told) ?? textIn(objectIn(told)["content"]) ?? PLACEHOLDER;
}
