import { describe, expect, it } from "vitest";
import { applied } from "../call/parameters.ts";
import { quirkPatch } from "../call/quirks.ts";
import type { Deployment } from "../router/deployment.ts";
import { gigachat } from "./gigachat.ts";
import type { Quirks } from "./provider.ts";

const quirks: Quirks = gigachat.serve("GigaChat-2", { model: "GigaChat-2" }, {}).quirks ?? {};

function sent(wire: Record<string, unknown>): Record<string, unknown> {
  const view = { get: (name: string) => wire[name], all: () => wire };
  return applied(
    wire,
    quirkPatch(quirks, view, { facts: {} } as Deployment, () => wire as never),
  );
}

const tool = { type: "function", function: { name: "get_weather", description: "d", parameters: { type: "object" }, strict: true } };
const call = (id: string, city: string) => ({ id, type: "function", function: { name: "get_weather", arguments: `{"city":"${city}"}` } });

describe("what GigaChat is asked", () => {
  it.each([
    [undefined, "auto"],
    ["auto", "auto"],
    ["none", "none"],
    ["required", { name: "get_weather" }],
    [{ type: "function", function: { name: "get_weather" } }, { name: "get_weather" }],
  ])("turns tools with the choice %j into functions with the call %j", (tool_choice, expected) => {
    const wire = sent({ messages: [], tools: [tool], ...(tool_choice !== undefined && { tool_choice }) });
    expect(wire).toEqual({
      messages: [],
      functions: [{ name: "get_weather", description: "d", parameters: { type: "object" } }],
      function_call: expected,
    });
  });

  it("puts each call into a message of its own, with its result right after it", () => {
    const messages = [
      { role: "user", content: "Weather?" },
      { role: "assistant", content: null, tool_calls: [call("state-1", "Oslo"), call("call_2", "Rome")] },
      { role: "tool", tool_call_id: "call_2", content: "warm" },
      { role: "tool", tool_call_id: "state-1", content: '{"temp":3}' },
    ];
    expect(sent({ messages })["messages"]).toEqual([
      { role: "user", content: "Weather?" },
      {
        role: "assistant",
        content: "",
        function_call: { name: "get_weather", arguments: { city: "Oslo" } },
        functions_state_id: "state-1",
      },
      { role: "function", name: "get_weather", content: '{"temp":3}' },
      { role: "assistant", content: "", function_call: { name: "get_weather", arguments: { city: "Rome" } } },
      { role: "function", name: "get_weather", content: '{"result":"warm"}' },
    ]);
  });

  it("embeds lists only", () => {
    expect(sent({ input: "a" })).toEqual({ input: ["a"] });
  });
});

describe("what GigaChat answers", () => {
  const message = {
    role: "assistant",
    content: "",
    function_call: { name: "get_weather", arguments: { city: "Oslo" } },
    functions_state_id: "s1",
  };
  const told = { id: "s1", type: "function", function: { name: "get_weather", arguments: '{"city":"Oslo"}' } };

  it("turns a function call into a tool call", () => {
    expect(quirks.reply?.({ choices: [{ index: 0, message, finish_reason: "function_call" }] })).toEqual({
      choices: [{ index: 0, message: { role: "assistant", content: "", tool_calls: [told] }, finish_reason: "tool_calls" }],
    });
  });

  it("does so in streams, too, and knows what a blacklist is", () => {
    const event = { data: JSON.stringify({ choices: [{ index: 0, delta: message, finish_reason: "function_call" }] }) };
    expect(JSON.parse(quirks.chunk?.(event).data ?? "")).toMatchObject({
      choices: [{ delta: { tool_calls: [{ index: 0, ...told }] }, finish_reason: "tool_calls" }],
    });
    const blocked = { data: '{"choices":[{"index":0,"delta":{"content":""},"finish_reason":"blacklist"}]}' };
    expect(quirks.chunk?.(blocked).data).toContain('"finish_reason":"content_filter"');
  });
});
