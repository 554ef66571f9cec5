/** Text completion events to chat chunks. */

import type { ChatChunk, ChatDelta, ChatUsage } from "../../hub/chat.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import { finishReasonOf } from "../../hub/finish-reason.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { parseChunk } from "../openai-chat/glance.ts";
import { chatLogprobs } from "./logprobs.ts";
import type { TextChoice, TextCompletion } from "./wire.ts";

export function textDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const begun = new Set<number>();
  let told: ChatUsage | undefined;
  let usage: Usage | undefined;
  let complete = false;
  let head: Pick<ChatChunk, "id" | "object" | "created" | "model"> | undefined;

  const headOf = (chunk: TextCompletion): NonNullable<typeof head> => {
    head ??= {
      id: chunk.id ?? `chatcmpl-${context.newId()}`,
      object: "chat.completion.chunk",
      created: chunk.created ?? context.now,
      model: context.publicModel,
    };
    return head;
  };
  const choiceOf = (choice: TextChoice, at: number): ChatChunk["choices"][number] => {
    const index = choice.index ?? at;
    const delta: ChatDelta = begun.has(index) ? {} : { role: "assistant" };
    begun.add(index);
    if (choice.text) delta.content = choice.text;
    const native = choice.finish_reason || null;
    if (native !== null) complete = true;
    const logprobs = chatLogprobs(choice.logprobs);
    return { index, delta, finish_reason: native === null ? null : finishReasonOf(native), ...(logprobs && { logprobs }) };
  };

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
      const chunk = parseChunk(event) as TextCompletion | undefined;
      if (!chunk) return;
      if (chunk.error !== undefined && chunk.error !== null) throw openaiError({ status: 200, headers: {}, body: chunk });
      if (chunk.usage) {
        told = chunk.usage as ChatUsage;
        usage = usageOfChat(told) ?? usage;
      }
      const whole = headOf(chunk);
      if (Array.isArray(chunk.choices) && chunk.choices.length > 0) emit({ ...whole, choices: chunk.choices.map(choiceOf) });
    },
    // Some servers tell usage with every chunk: the last one counts, after all choices.
    end(emit) {
      if (told && head) emit({ ...head, choices: [], usage: told });
    },
  };
}
