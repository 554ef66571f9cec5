/** Ollama's two names. */

import { describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import { ollama, ollamaChatProvider } from "./ollama.ts";

const tools = { send: () => Promise.reject(new Error("nothing is sent")), clock: systemClock };

describe.each([
  [ollama, "ollama-generate"],
  [ollamaChatProvider, "ollama-chat"],
])("$name", (provider, dialect) => {
  it(`answers chat by ${dialect}`, () => {
    const { sides } = provider.serve("llama3.1", { model: "llama3.1" }, {});
    expect(sides.chat?.map((side) => side.dialect)).toEqual([dialect]);
    expect(sides.embed?.map((side) => side.dialect)).toEqual(["ollama-embed"]);
  });

  it.each([
    [undefined, "http://localhost:11434"],
    ["http://gpu:11434", "http://gpu:11434"],
    ["http://gpu:11434/api", "http://gpu:11434"],
    ["http://gpu:11434/api/chat", "http://gpu:11434"],
    ["http://gpu/ollama/api/generate/", "http://gpu/ollama"],
  ])("is found at %s", (api_base, baseUrl) => {
    expect(provider.serve("llama3.1", { model: "llama3.1", api_base }, {}).baseUrl).toBe(baseUrl);
  });

  it("needs no key, but sends one", () => {
    expect(provider.auth.connect({ model: "m" }, tools).headers).toBeUndefined();
    expect(provider.auth.connect({ model: "m", api_key: "k" }, tools).headers).toEqual({ authorization: "Bearer k" });
  });
});

it("takes tools only as a conversation", () => {
  const settings = { model: "llama3.1" };
  expect(ollama.serve("llama3.1", settings, {}).supports.chat?.has("tools")).toBe(false);
  expect(ollamaChatProvider.serve("llama3.1", settings, {}).supports.chat?.has("tools")).toBe(true);
});
