/** Lines of a stream of /api/chat or /api/generate as chat chunks. */

import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import { type ChunkHead, chunkOf } from "../../hub/chat-chunk.ts";
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
  return new OllamaDecoder(context);
}

class OllamaDecoder implements StreamDecoder<ChatChunk> {
  usage: Usage | undefined;
  complete = false;
  readonly #newId: () => string;
  readonly #head: ChunkHead;
  readonly #splitter = thinkSplitter();
  #begun = false;
  #calls = 0;

  constructor({ newId, now, publicModel }: TranslateContext<"chat">) {
    this.#newId = newId;
    this.#head = { id: `chatcmpl-${newId()}`, object: "chat.completion.chunk", created: now, model: publicModel };
  }

  push(event: WireEvent, emit: Emit): void {
    const line = lineOf(event);
    if (!line || this.complete) return;
    if (line.error !== undefined) throw noAnswer(line);
    this.#tell(this.#deltaOf(line), emit);
    if (line.done) this.#finish(line, emit);
  }

  end(emit: Emit): void {
    if (!this.complete) this.#tell(textDelta("", this.#splitter.end()), emit);
  }

  #deltaOf(line: OllamaReply): ChatDelta {
    const told = messageOf(line);
    const delta = textDelta(told.thinking ?? "", this.#splitter.push(told.content ?? ""));
    if (!told.tool_calls || told.tool_calls.length === 0) return delta;
    const calls = told.tool_calls.map((call, at) => ({ index: this.#calls + at, ...toolCall(call, this.#newId) }));
    this.#calls += calls.length;
    return { ...delta, tool_calls: calls };
  }

  #tell(delta: ChatDelta, emit: Emit): void {
    if (Object.keys(delta).length > 0) emit(this.#chunk(delta, { finish_reason: null }));
  }

  #finish(line: OllamaReply, emit: Emit): void {
    this.#tell(textDelta("", this.#splitter.end()), emit);
    this.complete = true;
    this.usage = ollamaUsage(line);
    emit(this.#chunk({}, finishOf(line.done_reason, this.#calls > 0)));
    if (this.usage) emit(chunkOf(this.#head, [], chatUsage(this.usage)));
  }

  /** The first chunk of all tells the role. */
  #chunk(told: ChatDelta, finish: Pick<ChatChunk["choices"][number], "finish_reason" | "provider_specific_fields">): ChatChunk {
    const delta: ChatDelta = this.#begun ? told : { role: "assistant", ...told };
    this.#begun = true;
    return chunkOf(this.#head, [{ index: 0, delta, ...finish }]);
  }
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
