/** Makes the chat chunks of one answer: the same head on all, the role on the first, usage alone on the last. */

import type { ChatChunk, ChatDelta } from "../hub/chat.ts";
import { chunkOf } from "../hub/chat-chunk.ts";
import { chatUsage } from "../hub/chat-usage.ts";
import { finishReasonOf } from "../hub/finish-reason.ts";
import type { Usage } from "../usage.ts";
import type { TranslateContext } from "./dialect.ts";

type Emit = (chunk: ChatChunk) => void;

export interface ChunkMaker {
  /** The provider's id of the answer; kept when it comes before the first chunk. */
  named(id: unknown): void;
  /** Nothing for an empty delta. */
  tell(delta: ChatDelta, emit: Emit): void;
  /** `native` is the provider's word for the end. */
  finish(native: string, emit: Emit, delta?: ChatDelta): void;
  usage(usage: Usage | undefined, emit: Emit): void;
}

export function chunkMaker({ newId, now, publicModel }: Pick<TranslateContext<"chat">, "newId" | "now" | "publicModel">): ChunkMaker {
  const head = { id: `chatcmpl-${newId()}`, object: "chat.completion.chunk" as const, created: now, model: publicModel };
  let begun = false;

  const withRole = (told: ChatDelta): ChatDelta => {
    const delta: ChatDelta = begun ? told : { role: "assistant", ...told };
    begun = true;
    return delta;
  };

  return {
    named(id) {
      if (!begun && typeof id === "string" && id !== "") head.id = id;
    },
    tell(delta, emit) {
      if (Object.keys(delta).length === 0) return;
      emit(chunkOf(head, [{ index: 0, delta: withRole(delta), finish_reason: null }]));
    },
    finish(native, emit, delta = {}) {
      emit(chunkOf(head, [{ index: 0, delta: withRole(delta), ...finishOf(native) }]));
    },
    usage(usage, emit) {
      if (usage) emit(chunkOf(head, [], chatUsage(usage)));
    },
  };
}

/** OpenAI's word, and the provider's own where it says more. */
export function finishOf(native: string): Pick<ChatChunk["choices"][number], "provider_specific_fields"> & {
  finish_reason: ReturnType<typeof finishReasonOf>;
} {
  const reason = finishReasonOf(native);
  return { finish_reason: reason, ...(native !== reason && { provider_specific_fields: { native_finish_reason: native } }) };
}
