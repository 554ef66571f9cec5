/** Plays a whole reply as a stream, for a client that wants one from a provider that has none. */

import type { StreamEncoder } from "../dialects/dialect.ts";
import type { ChatChunk, ChatDelta, ChatResponse, ToolCall } from "../hub/chat.ts";
import type { Operation, Operations } from "../hub/operations.ts";
import type { Usage } from "../usage.ts";
import type { Relay } from "./stream-relay.ts";

export function playAsStream(hub: Operations[Operation]["response"], encoder: StreamEncoder<ChatChunk>, usage: Usage | undefined): Relay {
  const chunks = chunksOf(hub as ChatResponse);
  return {
    attach(out, onEnd) {
      let text = "";
      for (const chunk of chunks) text += encoder.push(chunk);
      onEnd({ usage, events: chunks.length, replyId: chunks[0]?.id }, () => {
        out.end(text + encoder.end(), "utf8");
      });
    },
    resume() {},
  };
}

/** One chunk with all of a choice's content, one with its finish reason, one with the usage. */
function chunksOf(reply: ChatResponse): ChatChunk[] {
  const { choices, usage, ...rest } = reply;
  const base = { ...rest, object: "chat.completion.chunk" as const };
  const chunks: ChatChunk[] = [];
  for (const { index, message, finish_reason, logprobs } of choices) {
    const { tool_calls, ...said } = message;
    const delta: ChatDelta = { ...said };
    if (tool_calls) delta.tool_calls = tool_calls.map(wholeCall);
    chunks.push({ ...base, choices: [{ index, delta, finish_reason: null, ...(logprobs && { logprobs }) }] });
    chunks.push({ ...base, choices: [{ index, delta: {}, finish_reason }] });
  }
  if (usage) chunks.push({ ...base, choices: [], usage });
  return chunks;
}

function wholeCall(
  { id, function: called, provider_specific_fields: fields }: ToolCall,
  index: number,
): NonNullable<ChatDelta["tool_calls"]>[number] {
  return {
    index,
    type: "function",
    function: called,
    ...(id !== undefined && { id }),
    ...(fields && { provider_specific_fields: fields }),
  };
}
