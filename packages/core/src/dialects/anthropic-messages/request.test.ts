/** Tests of what a request must not ask for, and of what the fixtures cannot show. */

import { describe, expect, it } from "vitest";
import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { anthropicMessages } from "./provider-side.ts";
import { wireRequest } from "./request.ts";

function contextOf(asked: Partial<ChatRequest>, more: Partial<TranslateContext<"chat">> = {}): TranslateContext<"chat"> {
  return {
    asked: { model: "m", messages: [{ role: "user", content: "Hi." }], ...asked },
    model: "wire-model",
    publicModel: "m",
    facts: {},
    settings: { model: "m" },
    dropParams: false,
    fetched: new Map(),
    now: 0,
    newId: () => "id",
    ...more,
  };
}

const refusal = (asked: Partial<ChatRequest>, more: Partial<TranslateContext<"chat">> = {}) => {
  try {
    wireRequest(contextOf(asked, more));
  } catch (error) {
    return error;
  }
  return undefined;
};

describe("refusals", () => {
  it("names an effort that nobody knows", () => {
    expect(refusal({ reasoning_effort: "huge" })).toMatchObject({ kind: "bad_request", detail: { param: "reasoning_effort" } });
  });

  it("refuses an effort above what the model takes", () => {
    const facts = { supports_adaptive_thinking: true, supports_max_reasoning_effort: true };
    expect(refusal({ reasoning_effort: "xhigh" }, { facts })).toMatchObject({ kind: "bad_request" });
    expect(refusal({ reasoning_effort: "max" }, { facts })).toBeUndefined();
  });

  it("refuses sampling where the model chooses for itself, but for what it would do anyway", () => {
    const facts = { supports_sampling_params: false };
    expect(refusal({ temperature: 0.3 }, { facts })).toMatchObject({ kind: "unsupported_params", detail: { param: "temperature" } });
    expect(refusal({ top_k: 5 }, { facts })).toMatchObject({ kind: "unsupported_params" });
    expect(wireRequest(contextOf({ temperature: 1, top_p: 1 }, { facts }))).not.toHaveProperty("temperature");
  });

  it("refuses to force a model that cannot be forced, and lets it choose when params may be dropped", () => {
    const facts = { supports_forced_tool_use: false };
    const asked = { tools: [{ type: "function", function: { name: "f" } }], tool_choice: "required" as const };
    expect(refusal(asked, { facts })).toMatchObject({ kind: "unsupported_params" });
    expect(wireRequest(contextOf(asked, { facts, dropParams: true })).tool_choice).toEqual({ type: "auto" });
  });

  it("refuses speed on a model that is known to lack it", () => {
    expect(refusal({ speed: "fast" }, { facts: { mode: "chat" } })).toMatchObject({ kind: "unsupported_params" });
    expect(wireRequest(contextOf({ speed: "fast" }, { facts: { mode: "chat" }, dropParams: true }))).not.toHaveProperty("speed");
  });

  it.each([
    ["a tool of an unknown type", { tools: [{ type: "code_interpreter" }] }],
    ["a tool without a name", { tools: [{ type: "function" }] }],
    ["a computer without a size", { tools: [{ type: "computer_20250124", name: "computer" }] }],
    ["an MCP tool without an address", { tools: [{ type: "mcp" }] }],
    ["a tool choice without a name", { tool_choice: { type: "function" } }],
    ["audio", { messages: [{ role: "user" as const, content: [{ type: "input_audio", input_audio: { data: "", format: "wav" } }] }] }],
    ["a file without content", { messages: [{ role: "user" as const, content: [{ type: "file", file: {} }] }] }],
    ["an image without an address", { messages: [{ role: "user" as const, content: [{ type: "image_url", image_url: {} }] }] }],
  ])("refuses %s", (_, asked) => {
    expect(refusal(asked as Partial<ChatRequest>)).toMatchObject({ kind: "bad_request" });
  });
});

describe("requests", () => {
  it("lets us fetch addresses that the provider would not", () => {
    const content = ["http://a.example.com/1.png", "https://b.example.com/2.png", "data:image/png;base64,QUJD"].map((url) => ({
      type: "image_url",
      image_url: { url },
    }));
    const { asked, model } = contextOf({ messages: [{ role: "user", content }] });
    expect(anthropicMessages.fetches?.(asked, model)).toEqual(["http://a.example.com/1.png"]);
  });

  it("drops explicit thinking in a turn that began without, when params may be modified", () => {
    const asked: Partial<ChatRequest> = {
      thinking: { type: "enabled", budget_tokens: 1024 },
      messages: [
        { role: "user", content: "Weather?" },
        { role: "assistant", tool_calls: [{ id: "c", function: { name: "f", arguments: "{}" } }] },
        { role: "tool", tool_call_id: "c", content: "4" },
      ],
    };
    expect(wireRequest(contextOf(asked))).toHaveProperty("thinking");
    expect(wireRequest(contextOf(asked, { settings: { model: "m", modify_params: true } }))).not.toHaveProperty("thinking");
  });

  it("changes no more of a body that is its own dialect than the model", () => {
    const body = (model: string) => ({ get: (name: string) => (name === "model" ? model : undefined) });
    expect(anthropicMessages.patch({ model: "w", stream: false, body: body("m") })).toEqual({ set: { model: "w" } });
    expect(anthropicMessages.patch({ model: "w", stream: false, body: body("w") })).toEqual({});
  });
});
