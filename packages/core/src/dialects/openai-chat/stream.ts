/** Chat chunks as a decoder (a provider's events to the hub) and an encoder (the hub to a client's events). */

import type { GatewayError } from "../../errors.ts";
import type { ChatChunk } from "../../hub/chat.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import { finishReasonOf, isFinishReason } from "../../hub/finish-reason.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, StreamEncoder, TranslateContext } from "../dialect.ts";
import { openaiError } from "./error.ts";
import { errorBody } from "./error-body.ts";
import { isErrorChunk, parseChunk } from "./glance.ts";

/** For clients of another dialect in front of an OpenAI-compatible server. */
export function chunkDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const id = `chatcmpl-${context.newId()}`;
  let usage: Usage | undefined;
  let complete = false;
  return {
    get usage() {
      return usage;
    },
    get complete() {
      return complete;
    },
    push(event, emit) {
      if (event.data === "[DONE]") {
        complete = true;
        return;
      }
      const chunk = parseChunk(event);
      if (!chunk) return;
      if (isErrorChunk(chunk, event)) throw openaiError({ status: 200, headers: {}, body: chunk });
      usage = usageOfChat(chunk.usage ?? chunk.x_groq?.usage) ?? usage;
      const choices = (Array.isArray(chunk.choices) ? chunk.choices : []) as ChatChunk["choices"];
      for (const choice of choices) {
        if (!choice.finish_reason) continue;
        complete = true;
        if (!isFinishReason(choice.finish_reason)) choice.finish_reason = finishReasonOf(choice.finish_reason);
      }
      const told = { id, created: context.now, ...chunk, object: "chat.completion.chunk", model: context.publicModel, choices };
      emit(told as ChatChunk);
    },
    end() {},
  };
}

/** `data: {…}` for each chunk, `data: [DONE]` at the end; usage only for who asked. */
export function chunkEncoder(wantsUsage: boolean): StreamEncoder<ChatChunk> {
  const texts = new TextEvents();
  return {
    push(chunk) {
      const text = texts.of(chunk);
      if (text !== undefined) return text;
      if (!chunk.usage || wantsUsage) return `data: ${JSON.stringify(chunk)}\n\n`;
      if (chunk.choices.length === 0) return "";
      const { usage: _, ...rest } = chunk;
      return `data: ${JSON.stringify(rest)}\n\n`;
    },
    fail: streamError,
    end: () => terminator,
  };
}

const members: ReadonlySet<string> = new Set(["id", "object", "created", "model", "choices"]);

/** Nearly all events hold a piece of text and are otherwise the same: what is the same is written once. */
class TextEvents {
  #id: string | undefined;
  #created: number | undefined;
  #before = "";

  /** Undefined for a chunk that holds anything but text. */
  of(chunk: ChatChunk): string | undefined {
    const [choice] = chunk.choices;
    const content = choice?.delta.content;
    if (
      typeof content !== "string" ||
      chunk.choices.length !== 1 ||
      choice?.index !== 0 ||
      choice.finish_reason !== null ||
      choice.logprobs
    )
      return undefined;
    for (const name in choice.delta) if (name !== "content") return undefined;
    for (const name in chunk) if (!members.has(name)) return undefined;
    if (chunk.id !== this.#id || chunk.created !== this.#created) this.#learn(chunk);
    return `${this.#before}${JSON.stringify(content)}},"finish_reason":null}]}\n\n`;
  }

  #learn(chunk: ChatChunk): void {
    this.#id = chunk.id;
    this.#created = chunk.created;
    const { id, created, model } = chunk;
    const same = JSON.stringify({ id, object: "chat.completion.chunk", created, model });
    this.#before = `data: ${same.slice(0, -1)},"choices":[{"index":0,"delta":{"content":`;
  }
}

export const terminator = "data: [DONE]\n\n";

/** An error event; OpenAI's clients raise it. */
export function streamError(error: GatewayError): string {
  return `data: ${JSON.stringify(errorBody(error))}\n\n`;
}
