/** Chat chunks as a decoder (a provider's events to the hub) and an encoder (the hub to a client's events). */

import type { GatewayError } from "../../errors.ts";
import type { ChatChunk } from "../../hub/chat.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import { finishReasonOf, isFinishReason } from "../../hub/finish-reason.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, StreamEncoder, TranslateContext } from "../dialect.ts";
import { openaiError } from "./error.ts";
import { errorBody } from "./error-body.ts";
import { parseChunk } from "./glance.ts";

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
      if (chunk.error !== undefined && chunk.error !== null) throw openaiError({ status: 200, headers: {}, body: chunk });
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
  return {
    push(chunk) {
      if (!chunk.usage) return `data: ${JSON.stringify(chunk)}\n\n`;
      if (wantsUsage) return `data: ${JSON.stringify(chunk)}\n\n`;
      if (chunk.choices.length === 0) return "";
      const { usage: _, ...rest } = chunk;
      return `data: ${JSON.stringify(rest)}\n\n`;
    },
    fail: streamError,
    end: () => terminator,
  };
}

export const terminator = "data: [DONE]\n\n";

/** An error event; OpenAI's clients raise it. */
export function streamError(error: GatewayError): string {
  return `data: ${JSON.stringify(errorBody(error))}\n\n`;
}
