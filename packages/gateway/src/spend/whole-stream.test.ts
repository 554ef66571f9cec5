/** Streams of all formats, put together. */

import { describe, expect, it } from "vitest";
import { wholeStream } from "./whole-stream.ts";

const events = (...data: readonly object[]): string => data.map((each) => `data: ${JSON.stringify(each)}\n\n`).join("");
const chunk = (delta: object, more: object = {}): object => ({
  id: "chatcmpl-1",
  object: "chat.completion.chunk",
  model: "fast",
  choices: [{ index: 0, delta, finish_reason: null, ...more }],
});

describe("a stream", () => {
  it("of chat chunks is a completion, with its thoughts, tools and usage", () => {
    const call = (index: number, name: string | undefined, args: string): object => ({
      tool_calls: [{ index, ...(name && { id: `call-${index}`, type: "function" }), function: { ...(name && { name }), arguments: args } }],
    });
    const text = events(
      chunk({ role: "assistant", content: null }),
      chunk({ reasoning_content: "Hm" }),
      chunk({ reasoning_content: "m." }),
      chunk({ content: "Hello" }),
      chunk({ content: " you" }),
      chunk(call(0, "add", '{"a":')),
      chunk(call(0, undefined, "1}")),
      chunk(call(1, "sub", "{}")),
      chunk({}, { finish_reason: "tool_calls" }),
      { id: "chatcmpl-1", object: "chat.completion.chunk", choices: [], usage: { total_tokens: 7 } },
    );
    expect(wholeStream(`${text}data: [DONE]\n\n`)).toEqual({
      id: "chatcmpl-1",
      object: "chat.completion",
      model: "fast",
      usage: { total_tokens: 7 },
      choices: [
        {
          index: 0,
          finish_reason: "tool_calls",
          message: {
            role: "assistant",
            content: "Hello you",
            reasoning_content: "Hmm.",
            tool_calls: [
              { id: "call-0", type: "function", function: { name: "add", arguments: '{"a":1}' } },
              { id: "call-1", type: "function", function: { name: "sub", arguments: "{}" } },
            ],
          },
        },
      ],
    });
  });

  it("of completions is their texts, each choice for itself", () => {
    const text = events(
      { choices: [{ index: 1, text: "B" }] },
      { choices: [{ index: 0, text: "A" }] },
      { choices: [{ index: 1, text: "b", finish_reason: "stop" }] },
    );
    expect(wholeStream(text)).toEqual({
      choices: [
        { index: 1, text: "Bb", finish_reason: "stop" },
        { index: 0, text: "A" },
      ],
    });
  });

  it("of message events is a message with its blocks", () => {
    const text = events(
      { type: "message_start", message: { id: "msg-1", role: "assistant", content: [], usage: { input_tokens: 3 } } },
      { type: "content_block_start", index: 0, content_block: { type: "text", text: "" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "Hel" } },
      { type: "content_block_delta", index: 0, delta: { type: "text_delta", text: "lo" } },
      { type: "content_block_start", index: 1, content_block: { type: "tool_use", name: "add", input: {} } },
      { type: "content_block_delta", index: 1, delta: { type: "input_json_delta", partial_json: '{"a":1}' } },
      { type: "message_delta", delta: { stop_reason: "tool_use" }, usage: { output_tokens: 5 } },
      { type: "message_stop" },
    );
    expect(wholeStream(text)).toEqual({
      id: "msg-1",
      role: "assistant",
      stop_reason: "tool_use",
      usage: { input_tokens: 3, output_tokens: 5 },
      content: [
        { type: "text", text: "Hello" },
        { type: "tool_use", name: "add", input: '{"a":1}' },
      ],
    });
  });

  it("of candidates has their parts, and of responses the last event's", () => {
    const part = (text: string, more: object = {}): object => ({ candidates: [{ content: { parts: [{ text }] }, ...more }] });
    expect(wholeStream(events(part("Hel"), part("lo", { finishReason: "STOP" })))).toEqual({
      candidates: [{ finishReason: "STOP", content: { role: "model", parts: [{ text: "Hello" }] } }],
    });
    const response = { id: "resp-1", output: [] };
    expect(wholeStream(events({ type: "response.created" }, { type: "response.completed", response }))).toEqual(response);
  });

  it("that was cut, or is none, is what can be read of it", () => {
    expect(wholeStream(`${events(chunk({ content: "Hi" }))}data: {"choices":[{"del`)).toMatchObject({
      choices: [{ message: { content: "Hi" } }],
    });
    expect(wholeStream("<html>")).toBeUndefined();
  });
});
