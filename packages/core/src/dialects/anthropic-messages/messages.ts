/** The hub's messages as a system text and turns that alternate between user and assistant. */

import type { ChatMessage, ChatRequest } from "../../hub/chat.ts";
import type { CacheControl } from "../../hub/extensions.ts";
import type { TranslateContext } from "../dialect.ts";
import { assistantBlocks, isServerCall, wireId } from "./assistant.ts";
import { objectIn, textIn } from "./json.ts";
import { blocksOf, cacheControlOf } from "./parts.ts";
import type { ToolNames } from "./tool-names.ts";
import type { Block, TextBlock, ToolResult, WireMessage } from "./wire.ts";

interface Turn {
  readonly role: WireMessage["role"];
  readonly content: Block[];
}

export interface WireMessages {
  readonly system: TextBlock[];
  readonly messages: Turn[];
}

/** Said where a conversation has no user turn to begin with. */
const PLACEHOLDER = "Please continue.";

export function wireMessages(context: TranslateContext<"chat">, names: ToolNames): WireMessages {
  const { asked, facts } = context;
  const begin = asked.messages.findIndex((message) => !isSystem(message));
  const leading = begin < 0 ? asked.messages : asked.messages.slice(0, begin);
  const system = leading.flatMap((message) => marked(blocksOf(message.content, context.fetched), message)) as TextBlock[];
  const turns: Turn[] = [];
  for (const message of begin < 0 ? [] : asked.messages.slice(begin)) {
    const native = isSystem(message) && facts["supports_mid_conversation_system"] === true;
    const turn = turnOf(message, context, names, native);
    if (turn.content.length > 0) join(turns, turn);
  }
  trimEnd(turns);
  if (turns[0]?.role !== "user") turns.unshift({ role: "user", content: [{ type: "text", text: placeholder(context) }] });
  return { system, messages: turns.map(resultsFirst) };
}

function isSystem(message: ChatMessage): boolean {
  return message.role === "system" || message.role === "developer";
}

function turnOf(message: ChatMessage, context: TranslateContext<"chat">, names: ToolNames, native: boolean): Turn {
  const { asked, fetched } = context;
  switch (message.role) {
    case "assistant": {
      const callId = (each: ChatMessage) => functionCallId(asked, each);
      const blocks = assistantBlocks(message, { names, fetched, callId, last: message === asked.messages.at(-1) });
      return { role: "assistant", content: marked(blocks, message) };
    }
    case "tool":
    case "function":
      return { role: "user", content: toolResult(message, context) };
    default:
      return { role: native ? "system" : "user", content: marked(blocksOf(message.content, fetched), message) };
  }
}

function toolResult(message: ChatMessage, { asked, fetched }: TranslateContext<"chat">): ToolResult[] {
  if (isServerCall(message.tool_call_id)) return [];
  const id = message.tool_call_id ?? functionCallId(asked, message);
  const content = typeof message.content === "string" ? message.content : blocksOf(message.content, fetched).map(withoutCache);
  const inner = Array.isArray(message.content) ? message.content.map(cacheControlOf).find((each) => each !== undefined) : undefined;
  const cache = cacheControlOf(message) ?? inner;
  return [
    {
      type: "tool_result",
      tool_use_id: wireId(id),
      content,
      ...(message["is_error"] === true && { is_error: true }),
      ...(cache && { cache_control: cache }),
    },
  ];
}

/** Inside a result the marker is not allowed; it moves to the result itself. */
function withoutCache(block: Block): Block {
  const { cache_control: _, ...rest } = block as Block & { cache_control?: CacheControl };
  return rest as Block;
}

/** `function_call` and its answer know no ids: the n-th call of the conversation and the n-th answer belong together. */
function functionCallId(asked: ChatRequest, message: ChatMessage): string {
  const answer = message.role === "function" || message.role === "tool";
  const same = (each: ChatMessage) =>
    answer ? each.role === message.role : each.role === "assistant" && Boolean(each.function_call ?? each.tool_calls);
  return `call_${asked.messages.filter(same).indexOf(message) + 1}`;
}

/** A message's own `cache_control` stands on its last block that may carry one. */
function marked(blocks: Block[], message: ChatMessage): Block[] {
  const cache = cacheControlOf(message);
  if (!cache) return blocks;
  const at = blocks.findLastIndex((block) => block.type !== "thinking" && block.type !== "redacted_thinking");
  return blocks.map((block, index) => (index === at ? { ...block, cache_control: cache } : block));
}

function join(turns: Turn[], turn: Turn): void {
  const last = turns.at(-1);
  if (last?.role === turn.role) last.content.push(...turn.content);
  else turns.push({ role: turn.role, content: [...turn.content] });
}

function resultsFirst(turn: Turn): Turn {
  const isResult = (block: Block) => block.type === "tool_result";
  if (turn.role !== "user" || !turn.content.some(isResult)) return turn;
  return { role: "user", content: [...turn.content.filter(isResult), ...turn.content.filter((block) => !isResult(block))] };
}

/** A prefill must not end in white space. */
function trimEnd(turns: Turn[]): void {
  const last = turns.at(-1);
  const block = last?.content.at(-1);
  if (last?.role !== "assistant" || block?.type !== "text") return;
  const text = (textIn((block as TextBlock).text) ?? "").trimEnd();
  last.content[last.content.length - 1] = { ...block, text } as TextBlock;
}

function placeholder({ settings }: TranslateContext<"chat">): string {
  const told = settings["user_continue_message"];
  return textIn(told) ?? textIn(objectIn(told)["content"]) ?? PLACEHOLDER;
}
