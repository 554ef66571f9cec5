/** Events of Oracle's streams as chat chunks, in both formats. */

import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { type ChunkMaker, chunkMaker } from "../chunk-maker.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ociUsage } from "./usage.ts";
import type { OciEvent, OciToolCall } from "./wire.ts";

type Emit = (chunk: ChatChunk) => void;

export function ociDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  return new OciDecoder(context);
}

class OciDecoder implements StreamDecoder<ChatChunk> {
  usage: Usage | undefined;
  complete = false;
  readonly #newId: () => string;
  readonly #chunks: ChunkMaker;
  #calls = -1;
  #callId: string | undefined;

  constructor(context: TranslateContext<"chat">) {
    this.#newId = context.newId;
    this.#chunks = chunkMaker(context);
  }

  push({ data }: WireEvent, emit: Emit): void {
    const event: OciEvent | undefined = eventJson(data);
    if (!event) return;
    const { finishReason: reason, message } = event;
    if (event.code !== undefined && message !== undefined) throw openaiError({ status: 200, headers: {}, body: event });
    this.usage = ociUsage(event.usage) ?? this.usage;
    this.#chunks.tell(this.#deltaOf(event), emit);
    if (!reason || this.complete) return;
    this.complete = true;
    this.#chunks.finish(this.#calls >= 0 && /^(stop|complete)$/i.test(reason) ? "tool_calls" : reason, emit);
  }

  end(emit: Emit): void {
    if (this.complete) this.#chunks.usage(this.usage, emit);
  }

  #deltaOf({ message, text, toolCalls, finishReason }: OciEvent): ChatDelta {
    // The last event of the format COHERE repeats the whole text.
    const words = message ? (message.content ?? []).map((part) => part.text ?? "").join("") : finishReason ? "" : (text ?? "");
    const cohere = (toolCalls ?? []).map(({ name, parameters }) => ({ name, arguments: JSON.stringify(parameters ?? {}) }));
    const calls = [...(message?.toolCalls ?? []), ...(finishReason && this.#calls >= 0 ? [] : cohere)];
    return {
      ...(message?.reasoningContent && { reasoning_content: message.reasoningContent }),
      ...(words !== "" && { content: words }),
      ...(calls.length > 0 && { tool_calls: calls.map((call) => this.#call(call)) }),
    };
  }

  /** A call begins with its name; what follows without one, or with the same id, is more of its arguments. */
  #call({ id, name, arguments: text = "" }: OciToolCall): NonNullable<ChatDelta["tool_calls"]>[number] {
    if (!name || (id !== undefined && id !== "" && id === this.#callId))
      return { index: Math.max(this.#calls, 0), function: { arguments: text } };
    this.#calls += 1;
    this.#callId = id || `call_${this.#newId()}`;
    return { index: this.#calls, id: this.#callId, type: "function", function: { name, arguments: text } };
  }
}
