/** Events of a stream of watsonx.ai's text generation as chat chunks. */

import type { ChatChunk } from "../../hub/chat.ts";
import type { Usage } from "../../usage.ts";
import { chunkMaker } from "../chunk-maker.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { openaiError } from "../openai-chat/error.ts";
import { endOf, type GenerationReply } from "./wire.ts";

export function generationDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const chunks = chunkMaker(context);
  let usage: Usage | undefined;
  let complete = false;
  return {
    get usage() {
      return usage;
    },
    get complete() {
      return complete;
    },
    push({ data }, emit) {
      const event: GenerationReply | undefined = eventJson(data);
      if (event?.errors !== undefined) throw openaiError({ status: 200, headers: {}, body: event });
      for (const result of event?.results ?? []) {
        const { generated_text: text, stop_reason: reason, input_token_count: input, generated_token_count: output } = result;
        // The prompt is counted in the first event only.
        usage = { ...usage, ...(input ? { inputTokens: input } : {}), ...(output !== undefined && { outputTokens: output }) };
        if (text) chunks.tell({ content: text }, emit);
        if (!reason || reason === "not_finished" || complete) continue;
        complete = true;
        chunks.finish(endOf(reason), emit);
      }
    },
    end(emit) {
      if (complete) chunks.usage(usage, emit);
    },
  };
}
