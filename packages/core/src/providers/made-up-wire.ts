/** Answers in OpenAI's wire that no provider gave: what `demo` and `mock_response` send through the same pipes as real ones. */

import { replyWith } from "../transport/reply.ts";
import type { InboundReply } from "../transport/transport.ts";

export interface MadeUpChat {
  readonly id: string;
  /** Seconds since 1970. */
  readonly created: number;
  readonly model: string;
  /** The answer in the pieces that a stream sends. */
  readonly pieces: readonly string[];
  readonly toolCalls?: readonly unknown[];
  readonly usage: { readonly prompt_tokens: number; readonly completion_tokens: number; readonly total_tokens: number };
}

export function jsonReply(body: unknown): InboundReply {
  return replyWith({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(body) });
}

export function chatReply(answer: MadeUpChat): InboundReply {
  const { id, created, model, usage } = answer;
  const message = { role: "assistant", content: answer.pieces.join(""), ...(answer.toolCalls && { tool_calls: answer.toolCalls }) };
  const choice = { index: 0, message, finish_reason: finishOf(answer) };
  return jsonReply({ id, object: "chat.completion", created, model, choices: [choice], usage });
}

export function chatStream(answer: MadeUpChat): InboundReply {
  const { id, created, model, usage } = answer;
  const chunk = (choices: readonly unknown[], more = {}) =>
    event({ id, object: "chat.completion.chunk", created, model, choices, ...more });
  const delta = (part: object, finish: string | null = null) => chunk([{ index: 0, delta: part, finish_reason: finish }]);
  const calls = answer.toolCalls?.map((call, index) => ({ index, ...(call as object) }));
  const pieces = [
    delta({ role: "assistant", content: "" }),
    ...answer.pieces.map((content) => delta({ content })),
    ...(calls ? [delta({ tool_calls: calls })] : []),
    delta({}, finishOf(answer)),
    chunk([], { usage }),
    "data: [DONE]\n\n",
  ];
  return replyWith({ status: 200, headers: { "content-type": "text/event-stream" }, pieces });
}

export function embeddingReply(model: string, vectors: readonly (readonly number[])[], tokens: number): InboundReply {
  const data = vectors.map((embedding, index) => ({ object: "embedding", index, embedding }));
  return jsonReply({ object: "list", data, model, usage: { prompt_tokens: tokens, total_tokens: tokens } });
}

/** A text in words with the space before them, as models send it. */
export function inPieces(text: string): string[] {
  return text.match(/\s*\S+\s*$|\s*\S+/g) ?? (text === "" ? [] : [text]);
}

function finishOf(answer: MadeUpChat): string {
  return answer.toolCalls && answer.toolCalls.length > 0 ? "tool_calls" : "stop";
}

function event(data: unknown): string {
  return `data: ${JSON.stringify(data)}\n\n`;
}
