/** Ollama's errors, ends and downloads: what fixtures cannot show. */

import { describe, expect, it } from "vitest";
import type { ChatChunk, ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { ollamaChat } from "./provider-side.ts";

const context = (asked: Partial<ChatRequest> = {}, dropParams = false): TranslateContext<"chat"> => ({
  asked: { model: "public-model", messages: [{ role: "user", content: "Hi" }], ...asked },
  model: "m",
  publicModel: "public-model",
  facts: {},
  settings: { model: "m" },
  dropParams,
  fetched: new Map(),
  now: 1_790_000_000,
  newId: () => "id1",
});

describe("errors", () => {
  it.each([
    [500, "llama runner process has terminated", "upstream_internal"],
    [404, "model 'nope' not found", "upstream_not_found"],
    [400, "the input length exceeds the context length", "context_window"],
    [400, '"m" does not support tools', "bad_request"],
  ])("reads a %i", (status, message, kind) => {
    expect(ollamaChat.error({ status, headers: {}, body: { error: message } })).toMatchObject({ kind, status, message });
  });

  it("takes a line with an error for the end", () => {
    const decoder = ollamaChat.stream?.(context());
    expect(() => decoder?.push({ data: '{"error":"out of memory"}' }, () => {})).toThrow(
      expect.objectContaining({ kind: "upstream_internal", message: "out of memory" }),
    );
  });

  it("refuses a 200 that is no answer", () => {
    expect(() => ollamaChat.response({ status: 200, headers: {}, body: "Ollama is running" }, context())).toThrow(
      expect.objectContaining({ kind: "bad_reply" }),
    );
  });
});

it("is not complete before the last line", () => {
  const chunks: ChatChunk[] = [];
  const decoder = ollamaChat.stream?.(context());
  decoder?.push({ data: '{"message":{"content":"<th"},"done":false}' }, (chunk) => chunks.push(chunk));
  decoder?.push({ data: '{"message":{"cont' }, (chunk) => chunks.push(chunk));
  decoder?.end((chunk) => chunks.push(chunk));
  expect(decoder?.complete).toBe(false);
  expect(chunks.map((chunk) => chunk.choices[0]?.delta.content)).toEqual(["<th"]);
});

describe("images", () => {
  const url = "https://example.com/a.png";
  const messages: ChatRequest["messages"] = [{ role: "user", content: [{ type: "image_url", image_url: { url } }] }];

  it("asks for addresses to be downloaded, not for data", () => {
    const data = { type: "image_url", image_url: { url: "data:image/png;base64,AA==" } };
    expect(ollamaChat.fetches?.({ model: "m", messages: [...messages, { role: "user", content: [data] }] }, "m")).toEqual([url]);
  });

  it("says which image is missing", () => {
    expect(() => ollamaChat.request(context({ messages }))).toThrow(expect.objectContaining({ kind: "image_fetch" }));
  });
});

describe("what cannot be said", () => {
  const tools = [{ type: "web_search_preview" }];

  it("refuses hosted tools, or drops them when it may", () => {
    expect(() => ollamaChat.request(context({ tools }))).toThrow(expect.objectContaining({ kind: "unsupported_params" }));
    expect(ollamaChat.request(context({ tools }, true))).not.toHaveProperty("tools");
  });

  it("refuses parts that it cannot take", () => {
    const content = [{ type: "input_audio", input_audio: { data: "AA==", format: "wav" } }];
    expect(() => ollamaChat.request(context({ messages: [{ role: "user", content }] }))).toThrow(
      expect.objectContaining({ kind: "bad_request", message: expect.stringContaining("'input_audio'") }),
    );
  });

  it("refuses arguments that are no JSON", () => {
    const message = { role: "assistant" as const, tool_calls: [{ id: "c", function: { name: "f", arguments: "{" } }] };
    expect(() => ollamaChat.request(context({ messages: [message] }))).toThrow(expect.objectContaining({ kind: "bad_request" }));
  });
});

it("sees usage and the end as lines pass", () => {
  const glance = ollamaChat.glance();
  glance.push({ data: '{"message":{"content":"a"},"done":false}' });
  expect(glance.complete).toBe(false);
  glance.push({ data: '{"done":true,"prompt_eval_count":17,"eval_count":9}' });
  expect(glance).toMatchObject({ complete: true, usage: { inputTokens: 17, outputTokens: 9 } });
});
