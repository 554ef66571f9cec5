/** Chat chunks to the events of a text completion. */

import type { ChatChunk } from "../../hub/chat.ts";
import type { StreamEncoder } from "../dialect.ts";
import { streamError, terminator } from "../openai-chat/stream.ts";
import { textLogprobs } from "./logprobs.ts";
import type { TextChoice } from "./wire.ts";

interface EncoderOptions {
  readonly wantsUsage: boolean;
  /** The prompt, when the client asked to have it back before the answer. */
  readonly echo: string;
}

export function textEncoder({ wantsUsage, echo }: EncoderOptions): StreamEncoder<ChatChunk> {
  /** Characters told so far, by choice. */
  const told = new Map<number, number>();

  const choiceOf = ({ index, delta, finish_reason, logprobs }: ChatChunk["choices"][number]): TextChoice | undefined => {
    const content = delta.content ?? "";
    if (content === "" && finish_reason === null && !logprobs) return undefined;
    const offset = told.get(index);
    const text = offset === undefined ? echo + content : content;
    told.set(index, (offset ?? 0) + text.length);
    return { index, text, logprobs: textLogprobs(logprobs, offset ?? echo.length), finish_reason };
  };

  return {
    push(chunk) {
      const { id, created, model, usage } = chunk;
      const choices = chunk.choices.map(choiceOf).filter((choice) => choice !== undefined);
      const tellsUsage = wantsUsage && usage;
      if (choices.length === 0 && !tellsUsage) return "";
      const event = { id, object: "text_completion", created, model, choices, ...(tellsUsage && { usage }) };
      return `data: ${JSON.stringify(event)}\n\n`;
    },
    fail: streamError,
    end: () => terminator,
  };
}
