import { describe, expect, it } from "vitest";
import { systemClock } from "../clock.ts";
import { azureAi } from "./azure-ai.ts";

const tools = {
  clock: systemClock,
  send: () => {
    throw new Error("Nothing is sent for a key.");
  },
};

describe("Azure AI Foundry", () => {
  it.each([
    ["Llama-3", { api_base: "https://my.region.models.ai.azure.com" }, "https://my.region.models.ai.azure.com/chat/completions"],
    [
      "Llama-3",
      { api_base: "https://my.services.ai.azure.com" },
      "https://my.services.ai.azure.com/models/chat/completions?api-version=2024-05-01-preview",
    ],
    ["Llama-3", { api_base: "https://my.services.ai.azure.com/openai/v1" }, "https://my.services.ai.azure.com/openai/v1/chat/completions"],
    ["Llama-3", { api_base: "https://x.example", api_version: "2025-01-01" }, "https://x.example/chat/completions?api-version=2025-01-01"],
    ["claude-sonnet-4-5", { api_base: "https://my.services.ai.azure.com" }, "https://my.services.ai.azure.com/anthropic/v1/messages"],
    [
      "claude-sonnet-4-5",
      { api_base: "https://my.services.ai.azure.com/anthropic" },
      "https://my.services.ai.azure.com/anthropic/v1/messages",
    ],
    [
      "gpt-4o",
      { api_base: "https://r.openai.azure.com", api_version: "2024-10-21" },
      "https://r.openai.azure.com/openai/deployments/gpt-4o/chat/completions?api-version=2024-10-21",
    ],
  ])("%s with %j is asked at %s", (model, settings, expected) => {
    const service = azureAi.serve(model, { model, ...settings }, {});
    expect(service.baseUrl + service.sides.chat?.[0]?.path({ model, stream: false, settings: { model } })).toBe(expected);
  });

  it.each([
    ["https://my.services.ai.azure.com", "/models/chat/completions", { "api-key": "k" }],
    ["https://my.services.ai.azure.com", "/anthropic/v1/messages", { "x-api-key": "k" }],
    ["https://my.region.models.ai.azure.com", "/chat/completions", { authorization: "Bearer k" }],
  ])("shows its key at %s%s as %j", async (origin, path, headers) => {
    const credential = azureAi.auth.connect({ model: "m", api_key: "k" }, tools);
    const final = await credential.prepare?.({ method: "POST", origin, path, headers: {}, network: { reach: "configured" } });
    expect(final?.headers).toEqual(headers);
  });
});
