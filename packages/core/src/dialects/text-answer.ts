/** A chat reply that is one text: for servers that continue a prompt. */

import type { ChatResponse } from "../hub/chat.ts";
import { chatUsage } from "../hub/chat-usage.ts";
import type { Usage } from "../usage.ts";
import { finishOf } from "./chunk-maker.ts";
import type { TranslateContext } from "./dialect.ts";

export interface TextAnswer {
  readonly text: string;
  /** The provider's word for the end; `stop` where it has none. */
  readonly end?: string;
  readonly usage?: Usage;
  readonly id?: string;
}

export function textAnswer({ text, end, usage, id }: TextAnswer, { newId, now, publicModel }: TranslateContext<"chat">): ChatResponse {
  return {
    id: id ?? `chatcmpl-${newId()}`,
    object: "chat.completion",
    created: now,
    model: publicModel,
    choices: [{ index: 0, message: { role: "assistant", content: text }, ...finishOf(end ?? "stop") }],
    ...(usage && { usage: chatUsage(usage) }),
  };
}
