/** One answer of each dialect: the text "Hello", nine tokens in and three out, whole and as a stream, and the embedding of one text. */

import type { DialectName } from "tollgate/parts";
import type { ScriptedReply } from "../scripted-transport.ts";
import { chatReply, chatStream, embeddingReply, event } from "../wire-samples.ts";

export interface WireAnswers {
  readonly whole: ScriptedReply;
  /** None: the dialect has no streams. */
  readonly stream?: ScriptedReply;
}

const sse = (pieces: readonly string[]): ScriptedReply => ({ headers: { "content-type": "text/event-stream" }, pieces });
const lines = (rows: readonly object[]): ScriptedReply => ({
  headers: { "content-type": "application/x-ndjson" },
  pieces: rows.map((row) => `${JSON.stringify(row)}\n`),
});

const completion = (text: string, finish: string | null, more: object = {}) => ({
  id: "cmpl-sample",
  object: "text_completion",
  created: 1_790_000_000,
  model: "wire-model",
  choices: [{ index: 0, text, finish_reason: finish, logprobs: null }],
  ...more,
});
const counted = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

const message = { id: "msg_1", type: "message", role: "assistant", model: "wire-model", stop_sequence: null };
const anthropicEvents: readonly { readonly type: string; readonly [name: string]: unknown }[] = [
  { type: "message_start", message: { ...message, content: [], stop_reason: null, usage: { input_tokens: 9, output_tokens: 1 } } },
  { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
  { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hello" } },
  { type: "content_block_stop", index: 0 },
  { type: "message_delta", delta: { stop_reason: "end_turn", stop_sequence: null }, usage: { output_tokens: 3 } },
  { type: "message_stop" },
];

const candidate = (finishReason?: string) => ({
  index: 0,
  content: { role: "model", parts: [{ text: "Hello" }] },
  ...(finishReason && { finishReason }),
});
const usageMetadata = { promptTokenCount: 9, candidatesTokenCount: 3, totalTokenCount: 12 };

const ollamaEnd = { model: "wire-model", done: true, done_reason: "stop", prompt_eval_count: 9, eval_count: 3 };
const ollamaWords = { model: "wire-model", created_at: "2026-01-01T00:00:00Z" };

export const wireAnswers: Readonly<Partial<Record<DialectName, WireAnswers>>> = {
  "openai-chat": { whole: { json: chatReply("Hello") }, stream: sse(chatStream("Hel", "lo")) },
  "openai-completions": {
    whole: { json: completion("Hello", "stop", { usage: counted }) },
    stream: sse([event(completion("Hel", null)), event(completion("lo", "stop", { usage: counted })), event("[DONE]")]),
  },
  "openai-embeddings": { whole: { json: embeddingReply([[0.5, 1]]) } },
  "anthropic-messages": {
    whole: {
      json: {
        ...message,
        content: [{ type: "text", text: "Hello" }],
        stop_reason: "end_turn",
        usage: { input_tokens: 9, output_tokens: 3 },
      },
    },
    stream: sse(anthropicEvents.map((each) => `event: ${each.type}\n${event(each)}`)),
  },
  gemini: {
    whole: { json: { candidates: [candidate("STOP")], usageMetadata, modelVersion: "wire-model" } },
    stream: sse([event({ candidates: [candidate()] }), event({ candidates: [{ index: 0, finishReason: "STOP" }], usageMetadata })]),
  },
  "gemini-embed": { whole: { json: { embeddings: [{ values: [0.5, 1] }] } } },
  "ollama-chat": {
    whole: { json: { ...ollamaWords, ...ollamaEnd, message: { role: "assistant", content: "Hello" } } },
    stream: lines([
      { ...ollamaWords, message: { role: "assistant", content: "Hello" }, done: false },
      { ...ollamaEnd, message: { role: "assistant", content: "" } },
    ]),
  },
  "ollama-generate": {
    whole: { json: { ...ollamaWords, ...ollamaEnd, response: "Hello" } },
    stream: lines([
      { ...ollamaWords, response: "Hello", done: false },
      { ...ollamaEnd, response: "" },
    ]),
  },
  "ollama-embed": { whole: { json: { model: "wire-model", embeddings: [[0.5, 1]], prompt_eval_count: 4 } } },
};
