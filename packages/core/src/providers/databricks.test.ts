import { describe, expect, it } from "vitest";
import { applied } from "../call/parameters.ts";
import { quirkPatch } from "../call/quirks.ts";
import type { Deployment } from "../router/deployment.ts";
import { databricks } from "./databricks.ts";

const CLAUDE = "databricks-claude-sonnet-4-5";
const serve = (model: string) => databricks.serve(model, { model, api_base: "https://w.example" }, {});

function sent(model: string, wire: Record<string, unknown>): Record<string, unknown> {
  const { quirks } = serve(model);
  if (!quirks) return wire;
  const view = { get: (name: string) => wire[name], all: () => wire };
  return applied(
    wire,
    quirkPatch(quirks, view, { facts: {} } as Deployment, () => wire as never),
  );
}

describe("Databricks addresses", () => {
  it.each([
    ["https://w.example", "https://w.example/serving-endpoints"],
    ["w.example", "https://w.example/serving-endpoints"],
    ["https://w.example/serving-endpoints", "https://w.example/serving-endpoints"],
    ["https://gateway.example/llm/v1", "https://gateway.example/llm/v1"],
  ])("%s is %s", (api_base, expected) => {
    expect(databricks.serve("m", { model: "m", api_base }, {}).baseUrl).toBe(expected);
  });
});

describe("what Databricks is asked", () => {
  it("turns an effort into a budget for Claude, and leaves room for the answer", () => {
    expect(sent(CLAUDE, { messages: [], reasoning_effort: "medium" })).toEqual({
      messages: [],
      thinking: { type: "enabled", budget_tokens: 2048 },
      max_tokens: 6144,
    });
    expect(sent("databricks-gpt-oss-120b", { messages: [], reasoning_effort: "medium" })).toMatchObject({ reasoning_effort: "medium" });
  });

  it("cuts a budget that is larger than the answer may be", () => {
    const asked = { messages: [], max_tokens: 3000, thinking: { type: "enabled", budget_tokens: 4096 } };
    expect(sent(CLAUDE, asked)["thinking"]).toEqual({ type: "enabled", budget_tokens: 1499 });
    expect(sent(CLAUDE, { ...asked, max_tokens: 500 })["thinking"]).toBeUndefined();
    expect(sent(CLAUDE, { messages: [], max_tokens: 50, reasoning_effort: "none" })).toEqual({ messages: [], max_tokens: 50 });
  });

  it("sends signed thoughts back as parts of the content", () => {
    const message = { role: "assistant", content: "4", thinking_blocks: [{ type: "thinking", thinking: "Hm.", signature: "s" }] };
    expect(sent(CLAUDE, { messages: [message] })["messages"]).toEqual([
      {
        role: "assistant",
        content: [
          { type: "reasoning", summary: [{ type: "summary_text", text: "Hm.", signature: "s" }] },
          { type: "text", text: "4" },
        ],
      },
    ]);
  });

  it("knows no names, and text in parts only of Claude", () => {
    const messages = [{ role: "user", name: "Ann", content: [{ type: "text", text: "Hi" }] }];
    expect(sent("databricks-meta-llama-3-3-70b-instruct", { messages })["messages"]).toEqual([{ role: "user", content: "Hi" }]);
    expect(sent(CLAUDE, { messages })["messages"]).toEqual([{ role: "user", content: [{ type: "text", text: "Hi" }] }]);
  });
});

describe("what Databricks answers", () => {
  it("tells thoughts and text apart", () => {
    const content = [
      { type: "reasoning", summary: [{ type: "summary_text", text: "Two and two.", signature: "s" }] },
      { type: "text", text: "4", citations: [{ url: "https://example.com" }] },
    ];
    const reply = serve(CLAUDE).quirks?.reply?.({ choices: [{ index: 0, message: { role: "assistant", content } }] });
    expect(reply).toMatchObject({
      choices: [
        {
          message: {
            content: "4",
            reasoning_content: "Two and two.",
            thinking_blocks: [{ type: "thinking", thinking: "Two and two.", signature: "s" }],
            provider_specific_fields: { citations: [{ url: "https://example.com", supported_text: "4" }] },
          },
        },
      ],
    });
  });

  it("leaves an event alone whose content is a text", () => {
    const event = { data: '{"choices":[{"index":0,"delta":{"content":"4"}}]}' };
    expect(serve(CLAUDE).quirks?.chunk?.(event)).toBe(event);
  });
});
