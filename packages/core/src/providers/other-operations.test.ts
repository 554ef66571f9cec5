/** What providers of OpenAI's wire can be asked for beside chat and embeddings, and where. */

import { describe, expect, it } from "vitest";
import type { ProviderSide } from "../dialects/dialect.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Operation } from "../hub/operations.ts";
import { providerNamed } from "./catalog.ts";

function whereOf(name: string, operation: Operation, settings: object = {}, facts: ModelFacts = {}): string {
  const [provider = "", ...rest] = name.split("/");
  const model = rest.join("/");
  const all = { model, ...settings };
  const service = providerNamed(provider)?.serve(model, all, facts);
  const [side] = (service?.sides[operation] ?? []) as readonly ProviderSide[];
  return side && service ? service.baseUrl + side.path({ model: service.model, stream: false, settings: all }) : "";
}

const azure = { api_base: "https://res.openai.azure.com", api_version: "2024-10-21" };
const foundry = { api_base: "https://res.services.ai.azure.com" };

it.each<[string, Operation, string, object?, ModelFacts?]>([
  ["openai/gpt-image-1", "image", "https://api.openai.com/v1/images/generations"],
  ["openai/gpt-image-1", "editImage", "https://api.openai.com/v1/images/edits"],
  ["openai/dall-e-2", "varyImage", "https://api.openai.com/v1/images/variations"],
  ["openai/tts-1", "speak", "https://api.openai.com/v1/audio/speech"],
  ["openai/whisper-1", "translate", "https://api.openai.com/v1/audio/translations"],
  ["openai/omni-moderation-latest", "moderate", "https://api.openai.com/v1/moderations"],
  ["azure/w", "transcribe", "https://res.openai.azure.com/openai/deployments/w/audio/transcriptions?api-version=2024-10-21", azure],
  ["azure/d", "image", "https://res.openai.azure.com/openai/deployments/d/images/generations?api-version=2024-10-21", azure],
  ["azure_ai/cohere-rerank-v3.5", "rerank", "https://res.services.ai.azure.com/v1/rerank", foundry],
  ["azure_ai/cohere-rerank-v4.0-pro", "rerank", "https://res.services.ai.azure.com/v2/rerank", foundry],
  ["azure_ai/mistral-document-ai-2505", "ocr", "https://res.services.ai.azure.com/providers/mistral/azure/ocr", foundry],
  [
    "azure_ai/FLUX-1.1-pro",
    "image",
    "https://res.services.ai.azure.com/openai/deployments/FLUX-1.1-pro/images/generations?api-version=2025-04-01-preview",
    foundry,
  ],
  ["groq/whisper-large-v3", "transcribe", "https://api.groq.com/openai/v1/audio/transcriptions"],
  ["fireworks_ai/whisper-v3", "transcribe", "https://audio-prod.api.fireworks.ai/v1/audio/transcriptions"],
  ["fireworks_ai/whisper-v3-turbo", "transcribe", "https://audio-turbo.api.fireworks.ai/v1/audio/transcriptions"],
  ["fireworks_ai/qwen3-reranker-8b", "rerank", "https://api.fireworks.ai/inference/v1/rerank"],
  ["mistral/mistral-ocr-latest", "ocr", "https://api.mistral.ai/v1/ocr"],
  ["mistral/mistral-moderation-latest", "moderate", "https://api.mistral.ai/v1/moderations"],
  ["voyage/rerank-2.5", "rerank", "https://api.voyageai.com/v1/rerank"],
  ["together_ai/Salesforce/Llama-Rank-V1", "rerank", "https://api.together.ai/v1/rerank"],
  ["xai/grok-imagine-image", "image", "https://api.x.ai/v1/images/generations"],
  ["custom_openai/m", "rerank", "http://mine.example/v1/rerank", { api_base: "http://mine.example/v1" }],
])("%s is asked to %s at %s", (name, operation, where, settings, facts) => expect(whereOf(name, operation, settings, facts)).toBe(where));

it("leaves out what a provider has not", () => {
  expect(whereOf("groq/m", "image")).toBe("");
  expect(whereOf("cerebras/m", "speak")).toBe("");
});

describe("gpt-image models", () => {
  const service = providerNamed("openai")?.serve("gpt-image-1", { model: "gpt-image-1" }, {});

  it("answer in base64 and are not asked for it", () => {
    const [rule] = service?.quirks?.rules ?? [];
    expect(rule?.({ response_format: "b64_json" }, {}, {} as never)).toEqual({ remove: ["response_format"] });
  });

  it("cannot answer by address", () => {
    expect(service?.refuses?.({ response_format: "url" })).toEqual(["response_format"]);
  });
});
