import { describe, expect, it } from "vitest";
import { openai } from "./openai.ts";
import { supportedParameters } from "./parameters.ts";

const chat = (provider: string, model: string, facts = {}) => supportedParameters(provider, "chat", model, facts);
const known = { mode: "chat", litellm_provider: "somebody" };

describe("supportedParameters", () => {
  it.each([
    ["cerebras", "llama3.1-8b", "logit_bias", false],
    ["cerebras", "llama3.1-8b", "temperature", true],
    ["perplexity", "sonar-pro", "logit_bias", false],
    ["perplexity", "sonar-pro", "tools", false],
    ["perplexity", "sonar-pro", "web_search_options", true],
    ["openai", "o3-mini", "top_p", false],
    ["openai", "o3-mini", "reasoning_effort", true],
    ["openai", "gpt-5", "presence_penalty", false],
    ["openai", "gpt-5", "verbosity", true],
    ["openai", "gpt-5-chat-latest", "presence_penalty", true],
    ["openai", "gpt-4o", "thinking", false],
    ["openai", "gpt-4o", "reasoning_effort", false],
    ["azure", "my-o3-mini", "top_p", false],
    ["azure", "gpt5_series/thinker", "reasoning_effort", true],
    ["zai", "glm-4.6", "thinking", true],
    ["xai", "grok-4", "stop", false],
    ["xai", "grok-3", "stop", true],
    ["xai", "grok-4-1-fast-non-reasoning", "stop", true],
    ["nebius", "Qwen/Qwen3-32B", "reasoning_effort", true],
    ["nebius", "Qwen/Qwen3-32B", "thinking", false],
    ["nscale", "m", "max_completion_tokens", true],
  ])("%s/%s takes %s: %s", (provider, model, parameter, taken) => {
    expect(chat(provider, model, known)?.has(parameter)).toBe(taken);
  });

  it("lets everything through to servers of one's own and to models that nobody described", () => {
    expect(chat("hosted_vllm", "qwen")).toBeUndefined();
    expect(chat("openai", "my-model")).toBeUndefined();
    expect(chat("azure", "my-deployment")).toBeUndefined();
  });

  it("takes tools away only where the price book says that there are none", () => {
    expect(chat("together_ai", "m")?.has("tools")).toBe(true);
    expect(chat("together_ai", "m", { supports_function_calling: false })?.has("tools")).toBe(false);
  });

  it("lets gpt-5 models sample that can be asked not to reason", () => {
    expect(chat("openai", "gpt-5.1", { ...known, supports_none_reasoning_effort: true })?.has("top_p")).toBe(true);
    expect(chat("openai", "gpt-5", { ...known, supports_none_reasoning_effort: false })?.has("top_p")).toBe(false);
  });
});

describe("what OpenAI's families refuse", () => {
  const refused = (model: string, asked: Record<string, unknown>, facts = {}) =>
    openai.serve(model, { model }, facts).refuses?.(asked) ?? [];

  it.each([
    ["o3", { temperature: 0.2 }, ["temperature"]],
    ["o3", { temperature: 1 }, []],
    ["gpt-5", { temperature: 0.2 }, ["temperature"]],
    ["gpt-5.1", { temperature: 0.2, reasoning_effort: "none" }, []],
    ["gpt-5.1", { top_p: 0.2, reasoning_effort: "low" }, ["top_p"]],
    ["gpt-4o", { temperature: 0.2 }, []],
  ])("%s asked %j: %j", (model, asked, expected) => {
    expect(refused(model, asked)).toEqual(expected);
  });

  it("knows from the price book which efforts a model has and which it takes by itself", () => {
    expect(refused("gpt-5.1", { temperature: 0.2 }, { default_reasoning_effort: "none" })).toEqual([]);
    expect(refused("gpt-5", { reasoning_effort: "xhigh" }, { supports_xhigh_reasoning_effort: false })).toEqual(["reasoning_effort"]);
    expect(refused("gpt-5", { reasoning_effort: "low" }, { reasoning_effort_levels: ["high"] })).toEqual(["reasoning_effort"]);
  });

  it("renames the output limit of models that reason", () => {
    expect(openai.serve("o3", { model: "o3" }, {}).quirks?.rename).toEqual({ max_tokens: "max_completion_tokens" });
    expect(openai.serve("gpt-4o", { model: "gpt-4o" }, {}).quirks).toBeUndefined();
  });
});

describe("openai", () => {
  it("sends organization and project as headers", () => {
    const { headers } = openai.serve("gpt-4o", { model: "gpt-4o", organization: "org-1", project: "p-1" }, {});
    expect(headers).toEqual({ "openai-organization": "org-1", "openai-project": "p-1" });
  });

  it("asks text models at /completions and chat models at /chat/completions", () => {
    const pathOf = (mode: string) => {
      const side = openai.serve("m", { model: "m" }, { mode }).sides.chat?.[0];
      return side?.path({ model: "m", stream: false, settings: { model: "m" } });
    };
    expect(pathOf("completion")).toBe("/completions");
    expect(pathOf("chat")).toBe("/chat/completions");
  });
});
