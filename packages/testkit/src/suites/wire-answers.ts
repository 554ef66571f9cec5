/** One answer of each dialect: the text "Hello", nine tokens in and three out, whole and as a stream, and the embedding of one text. */

import type { DialectName } from "tollgate/parts";
import { type AwsEvent, encodeAwsEvents } from "../aws-events.ts";
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

const cohereEvents: readonly Readonly<Record<string, unknown>>[] = [
  { type: "message-start", id: "c1", delta: { message: { role: "assistant" } } },
  { type: "content-start", index: 0, delta: { message: { content: { type: "text", text: "" } } } },
  { type: "content-delta", index: 0, delta: { message: { content: { text: "Hello" } } } },
  { type: "message-end", delta: { finish_reason: "COMPLETE", usage: { tokens: { input_tokens: 9, output_tokens: 3 } } } },
];
const ociUsage = { promptTokens: 9, completionTokens: 3, totalTokens: 12 };
const tgiDetails = { finish_reason: "eos_token", generated_tokens: 3, prompt_tokens: 9 };
const watsonxResult = (text: string) => ({
  generated_text: text,
  generated_token_count: 3,
  input_token_count: 9,
  stop_reason: "eos_token",
});

const frames = (events: readonly AwsEvent[]): ScriptedReply => ({
  headers: { "content-type": "application/vnd.amazon.eventstream" },
  pieces: [encodeAwsEvents(events)],
});
const converseUsage = { inputTokens: 9, outputTokens: 3, totalTokens: 12 };
const generated = { generated_text: "Hello", details: { finish_reason: "eos_token", generated_tokens: 3, input_length: 9 } };

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
  "vertex-embed": { whole: { json: { predictions: [{ embeddings: { values: [0.5, 1] } }] } } },
  "aleph-alpha": {
    whole: {
      json: {
        completions: [{ completion: "Hello", finish_reason: "end_of_text" }],
        num_tokens_prompt_total: 9,
        num_tokens_generated: 3,
      },
    },
  },
  "cohere-chat": {
    whole: {
      json: {
        id: "c1",
        finish_reason: "COMPLETE",
        message: { role: "assistant", content: [{ type: "text", text: "Hello" }] },
        usage: { tokens: { input_tokens: 9, output_tokens: 3 } },
      },
    },
    stream: sse(cohereEvents.map((each) => event(each))),
  },
  "cohere-embed": { whole: { json: { embeddings: { float: [[0.5, 1]] }, meta: { billed_units: { input_tokens: 4 } } } } },
  "huggingface-embed": { whole: { text: "[[0.5, 1]]", headers: { "content-type": "application/json" } } },
  "nlp-cloud": { whole: { json: { generated_text: "Hello", nb_input_tokens: 9, nb_generated_tokens: 3 } } },
  "oci-embed": { whole: { json: { embeddings: [[0.5, 1]] } } },
  "oci-generic": {
    whole: {
      json: {
        chatResponse: {
          apiFormat: "GENERIC",
          choices: [{ index: 0, message: { role: "ASSISTANT", content: [{ type: "TEXT", text: "Hello" }] }, finishReason: "stop" }],
          usage: ociUsage,
        },
      },
    },
    stream: sse([
      event({ index: 0, message: { role: "ASSISTANT", content: [{ type: "TEXT", text: "Hello" }] } }),
      event({ finishReason: "stop" }),
      event({ usage: ociUsage }),
    ]),
  },
  "petals-generate": { whole: { json: { ok: true, outputs: "Hello" } } },
  "replicate-prediction": {
    whole: { json: { id: "p1", status: "succeeded", output: ["Hel", "lo"], metrics: { input_token_count: 9, output_token_count: 3 } } },
  },
  "sap-embed": { whole: { json: { final_result: embeddingReply([[0.5, 1]]) } } },
  "sap-orchestration": {
    whole: { json: { request_id: "r1", final_result: chatReply("Hello") } },
    stream: sse(chatStream("Hel", "lo").map((part) => part.replace(/^data: (\{.*\})/, 'data: {"request_id":"r1","final_result":$1}'))),
  },
  "snowflake-embed": { whole: { json: { data: [{ embedding: [[0.5, 1]], index: 0 }] } } },
  "tgi-generate": {
    whole: { json: { generated_text: "Hello", details: tgiDetails } },
    stream: sse([
      event({ token: { text: "Hello", special: false }, generated_text: null, details: null }),
      event({ token: { text: "</s>", special: true }, generated_text: "Hello", details: tgiDetails }),
    ]),
  },
  "triton-embed": { whole: { json: { outputs: [{ name: "embedding", datatype: "FP32", shape: [1, 2], data: [0.5, 1] }] } } },
  "triton-generate": {
    whole: { json: { text_output: "Hello" } },
    stream: sse([event({ text_output: "Hel" }), event({ text_output: "lo" })]),
  },
  "watsonx-embed": { whole: { json: { results: [{ embedding: [0.5, 1] }], input_token_count: 4 } } },
  "watsonx-generate": {
    whole: { json: { results: [watsonxResult("Hello")] } },
    stream: sse([event({ results: [watsonxResult("Hello")] })]),
  },
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
  "bedrock-converse": {
    whole: {
      json: { output: { message: { role: "assistant", content: [{ text: "Hello" }] } }, stopReason: "end_turn", usage: converseUsage },
    },
    stream: frames([
      { event: "messageStart", json: { role: "assistant" } },
      { event: "contentBlockDelta", json: { contentBlockIndex: 0, delta: { text: "Hello" } } },
      { event: "contentBlockStop", json: { contentBlockIndex: 0 } },
      { event: "messageStop", json: { stopReason: "end_turn" } },
      { event: "metadata", json: { usage: converseUsage } },
    ]),
  },
  "bedrock-embed": { whole: { json: { embedding: [0.5, 1], inputTextTokenCount: 4 } } },
  "sagemaker-text": {
    whole: { json: [generated] },
    stream: frames([
      { event: "PayloadPart", bytes: Buffer.from(event({ token: { text: "Hello", special: false } })).toString("base64") },
      { event: "PayloadPart", bytes: Buffer.from(event({ token: { text: "</s>", special: true }, ...generated })).toString("base64") },
    ]),
  },
  "sagemaker-embed": { whole: { json: { embedding: [[0.5, 1]] } } },
};

/** The same answers from a container whose events travel in AWS's frames. */
export function inPayloadParts({ whole, stream }: WireAnswers): WireAnswers {
  if (!stream?.pieces || !String(stream.headers?.["content-type"]).startsWith("text/event-stream")) return { whole, stream };
  return { whole, stream: frames(stream.pieces.map((piece) => ({ event: "PayloadPart", bytes: Buffer.from(piece).toString("base64") }))) };
}
