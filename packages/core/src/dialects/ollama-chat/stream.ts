/** Lines of a stream of /api/chat or /api/generate as chat chunks. */

import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { noAnswer } from "./error.ts";
import { finishOf, toolCall } from "./response.ts";
import { type ThinkSplit, thinkSplitter } from "./think-tags.ts";
import { ollamaUsage } from "./usage.ts";
import { messageOf, type OllamaReply } from "./wire.ts";

type Emit = (chunk: ChatChunk) => void;

export function ollamaDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const head = {
    id: `chatcmpl-${context.newId()}`,
    object: "chat.completion.chunk" as const,
    created: context.now,
    model: context.publicModel,
  };
  const splitter = thinkSplitter();
  let begun = false;
  let calls = 0;
  let usage: Usage | undefined;
  let complete = false;

  const tell = (delta: ChatDelta, emit: Emit): void => {
    if (Object.keys(delta).length === 0) return;
    emit({ ...head, choices: [{ index: 0, delta: begun ? delta : { role: "assistant", ...delta }, finish_reason: null }] });
    begun = true;
  };
  const deltaOf = (line: OllamaReply): ChatDelta => {
    const told = messageOf(line);
    const split = splitter.push(told.content ?? "");
    const delta = textDelta(told.thinking ?? "", split);
    if (!told.tool_calls || told.tool_calls.length === 0) return delta;
    const tool_calls = told.tool_calls.map((call) => ({ index: calls++, ...toolCall(call, context.newId) }));
    return { ...delta, tool_calls };
  };
  const finish = (line: OllamaReply, emit: Emit): void => {
    tell(textDelta("", splitter.end()), emit);
    complete = true;
    usage = ollamaUsage(line);
    const delta: ChatDelta = begun ? {} : { role: "assistant" };
    emit({ ...head, choices: [{ index: 0, delta, ...finishOf(line.done_reason, calls > 0) }] });
    if (usage) emit({ ...head, choices: [], usage: chatUsage(usage) });
  };

  return {
    get usage() {
      return usage;
    },
    get complete() {
      return complete;
    },
    push(event, emit) {
      const line = lineOf(event);
      if (!line || complete) return;
      if (line.error !== undefined) throw noAnswer(line);
      tell(deltaOf(line), emit);
      if (line.done) finish(line, emit);
    },
    end(emit) {
      if (!complete) tell(textDelta("", splitter.end()), emit);
    },
  };
}

function textDelta(thinking: string, { reasoning, content }: ThinkSplit): ChatDelta {
  return {
    ...(thinking + reasoning !== "" && { reasoning_content: thinking + reasoning }),
    ...(content !== "" && { content }),
  };
}

/** The last line of a stream that broke off may be half of one. */
export function lineOf(event: WireEvent): OllamaReply | undefined {
  try {
    const line: unknown = JSON.parse(event.data);
    return line !== null && typeof line === "object" ? (line as OllamaReply) : undefined;
  } catch {
    return undefined;
  }
}
