/** Text completion events to chat chunks. */

import type { ChatChunk, ChatDelta, ChatUsage } from "../../hub/chat.ts";
import { type ChunkHead, chunkOf } from "../../hub/chat-chunk.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import { finishReasonOf } from "../../hub/finish-reason.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { isErrorChunk, parseChunk } from "../openai-chat/glance.ts";
import { chatLogprobs } from "./logprobs.ts";
import type { TextChoice, TextCompletion } from "./wire.ts";

export function textDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  return new CompletionDecoder(context);
}

class CompletionDecoder implements StreamDecoder<ChatChunk> {
  usage: Usage | undefined;
  complete = false;
  readonly #context: TranslateContext<"chat">;
  /** Choices that have been told their role. */
  readonly #begun = new Set<number>();
  #head: ChunkHead | undefined;
  #told: ChatUsage | undefined;

  constructor(context: TranslateContext<"chat">) {
    this.#context = context;
  }

  push(event: WireEvent, emit: (chunk: ChatChunk) => void): void {
    if (event.data === "[DONE]") {
      this.complete = true;
      return;
    }
    const told = parseChunk(event);
    if (!told) return;
    if (isErrorChunk(told, event)) throw openaiError({ status: 200, headers: {}, body: told });
    const chunk = told as TextCompletion;
    if (chunk.usage) {
      this.#told = chunk.usage as ChatUsage;
      this.usage = usageOfChat(this.#told) ?? this.usage;
    }
    this.#head ??= this.#headOf(chunk);
    if (!Array.isArray(chunk.choices) || chunk.choices.length === 0) return;
    emit(
      chunkOf(
        this.#head,
        chunk.choices.map((choice, at) => this.#choice(choice, at)),
      ),
    );
  }

  /** Some servers tell usage with every chunk: the last one counts, after all choices. */
  end(emit: (chunk: ChatChunk) => void): void {
    if (this.#told && this.#head) emit(chunkOf(this.#head, [], this.#told));
  }

  #headOf({ id, created }: TextCompletion): ChunkHead {
    const { newId, now, publicModel } = this.#context;
    return { id: id ?? `chatcmpl-${newId()}`, object: "chat.completion.chunk", created: created ?? now, model: publicModel };
  }

  #choice(choice: TextChoice, at: number): ChatChunk["choices"][number] {
    const index = choice.index ?? at;
    const delta: ChatDelta = this.#begun.has(index) ? {} : { role: "assistant" };
    this.#begun.add(index);
    if (choice.text) delta.content = choice.text;
    const native = choice.finish_reason || null;
    if (native !== null) this.complete = true;
    const logprobs = chatLogprobs(choice.logprobs);
    return { index, delta, finish_reason: native === null ? null : finishReasonOf(native), ...(logprobs && { logprobs }) };
  }
}
