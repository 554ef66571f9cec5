/** What providers answer, in OpenAI's wire, with everything filled in that a test does not care about. */

type Fields = Readonly<Record<string, unknown>>;

export const USAGE = { prompt_tokens: 9, completion_tokens: 3, total_tokens: 12 };

/** A whole chat completion. */
export function chatReply(content: string | null, message: Fields = {}, more: Fields = {}): Fields {
  const finish = "tool_calls" in message ? "tool_calls" : "stop";
  return {
    id: "chatcmpl-sample",
    object: "chat.completion",
    created: 1_790_000_000,
    model: "wire-model-2026-01-01",
    choices: [{ index: 0, message: { role: "assistant", content, ...message }, logprobs: null, finish_reason: finish }],
    usage: USAGE,
    ...more,
  };
}

/** One chunk of a chat completion. */
export function chatChunk(delta: Fields, finish: string | null = null, more: Fields = {}): Fields {
  return {
    id: "chatcmpl-sample",
    object: "chat.completion.chunk",
    created: 1_790_000_000,
    model: "wire-model-2026-01-01",
    choices: [{ index: 0, delta, finish_reason: finish }],
    ...more,
  };
}

/** One event of a stream, as text. */
export function event(data: Fields | string): string {
  return `data: ${typeof data === "string" ? data : JSON.stringify(data)}\n\n`;
}

/** A whole stream of these texts, event by event: role, texts, finish reason, usage, end. */
export function chatStream(...texts: readonly string[]): string[] {
  return [
    event(chatChunk({ role: "assistant", content: "" })),
    ...texts.map((content) => event(chatChunk({ content }))),
    event(chatChunk({}, "stop")),
    event({ ...chatChunk({}), choices: [], usage: USAGE }),
    event("[DONE]"),
  ];
}

/** Embeddings of these vectors. */
export function embeddingReply(vectors: readonly (readonly number[] | string)[]): Fields {
  return {
    object: "list",
    model: "wire-model-2026-01-01",
    data: vectors.map((embedding, index) => ({ object: "embedding", index, embedding })),
    usage: { prompt_tokens: 4, total_tokens: 4 },
  };
}

/** OpenAI's error body. */
export function errorReply(message: string, more: Fields = {}): Fields {
  return { error: { message, type: "invalid_request_error", param: null, code: null, ...more } };
}
