import { describe, expect, it } from "vitest";
import { GatewayError } from "../errors.ts";
import { resolveProvider } from "./resolve.ts";

const book: Readonly<Record<string, string>> = {
  "gpt-4o": "openai",
  "claude-sonnet-4-5": "anthropic",
  "gemini-2.5-pro": "vertex_ai-language-models",
  "some.nova": "bedrock_converse",
  "gpt-3.5-turbo-instruct": "text-completion-openai",
};

function resolved(settings: { model: string; [name: string]: unknown }): string {
  const { provider, model } = resolveProvider(settings, (name) => book[name]);
  return `${provider.name} ${model}`;
}

describe("resolveProvider", () => {
  it.each([
    [{ model: "openai/gpt-4o" }, "openai gpt-4o"],
    [{ model: "openai/anthropic/claude-3" }, "openai anthropic/claude-3"],
    [{ model: "openai/openai/gpt-oss-20b" }, "openai openai/gpt-oss-20b"],
    [{ model: "openrouter/meta-llama/llama:free" }, "openrouter meta-llama/llama:free"],
    [{ model: "my-model", custom_llm_provider: "openai" }, "openai my-model"],
    [{ model: "groq/openai/gpt-oss", custom_llm_provider: "groq" }, "groq openai/gpt-oss"],
    [{ model: "gpt-4o" }, "openai gpt-4o"],
    [{ model: "claude-sonnet-4-5" }, "anthropic claude-sonnet-4-5"],
    [{ model: "gemini-2.5-pro" }, "vertex_ai gemini-2.5-pro"],
    [{ model: "some.nova" }, "bedrock some.nova"],
    [{ model: "gpt-3.5-turbo-instruct" }, "text-completion-openai gpt-3.5-turbo-instruct"],
    [{ model: "llama-3.1-8b", api_base: "https://api.groq.com/openai/v1" }, "groq llama-3.1-8b"],
    [{ model: "meta-llama/Llama-3", api_base: "https://api.together.xyz/v1" }, "together_ai meta-llama/Llama-3"],
    [{ model: "gpt-4o", api_base: "https://example.org/v1" }, "openai gpt-4o"],
    [{ model: "gpt-4o", use_litellm_proxy: true }, "litellm_proxy gpt-4o"],
  ])("%j is %s", (settings, expected) => {
    expect(resolved(settings)).toBe(expected);
  });

  it("says what to write when nobody knows", () => {
    expect(() => resolved({ model: "meta-llama/Llama-3" })).toThrow(GatewayError);
    expect(() => resolved({ model: "meta-llama/Llama-3" })).toThrow("<provider>/<model>");
    expect(() => resolved({ model: "m", custom_llm_provider: "nobody" })).toThrow("custom_openai");
  });
});
