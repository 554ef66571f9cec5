/** Events of /generate_stream as chat chunks: one token each, details with the last. */

import type { ChatChunk } from "../../hub/chat.ts";
import type { Usage } from "../../usage.ts";
import { chunkMaker } from "../chunk-maker.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { openaiError } from "../openai-chat/error.ts";
import { tgiUsage } from "./usage.ts";
import type { TgiReply } from "./wire.ts";

export function tgiDecoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
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
      const event: TgiReply | undefined = eventJson(data);
      if (!event || complete) return;
      if (event.error !== undefined) throw openaiError({ status: 200, headers: {}, body: event });
      const { token, details } = event;
      if (token?.text && !token.special) chunks.tell({ content: token.text }, emit);
      if (!details) return;
      complete = true;
      usage = tgiUsage(details);
      chunks.finish(details.finish_reason ?? "stop", emit);
      chunks.usage(usage, emit);
    },
    end() {},
  };
}
