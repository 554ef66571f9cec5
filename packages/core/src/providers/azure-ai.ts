/** Azure AI Foundry: other makers' models on OpenAI's wire, Claude on Anthropic's. */

import { anthropicMessages } from "../dialects/anthropic-messages/provider-side.ts";
import { cohereRerank } from "../dialects/cohere-rerank/provider-side.ts";
import { mistralOcr } from "../dialects/mistral-ocr/provider-side.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { azureAdEnv, azureAuth } from "./auth/azure-ad.ts";
import { azureAddress } from "./azure-address.ts";
import { modelFamily } from "./model-family.ts";
import { familyQuirks, familyRefusals } from "./openai-rules.ts";
import { openaiSides, withQuery } from "./openai-sides.ts";
import { supportedParameters } from "./parameters.ts";
import type { Auth, Provider, Service, Settings } from "./provider.ts";
import { oldTokenLimit, quirks, textAsString } from "./quirks.ts";

const NAME = "azure_ai";
/** What the models address of a Foundry resource is asked with when nobody names a version. */
const MODELS_VERSION = "2024-05-01-preview";
const KEYS = ["AZURE_AI_API_KEY"];
const tokens = azureAuth(KEYS);

/** A key goes into another header for each of Foundry's addresses, so it is added to the final request. */
const auth: Auth = {
  env: KEYS,
  connect(settings, tools) {
    const { api_key: key } = settings;
    if (!key) return tokens.connect(settings, tools);
    return { prepare: (final) => ({ ...final, headers: { ...final.headers, ...keyHeader(key, final) } }) };
  },
};

function keyHeader(key: string, { origin, path }: { origin: string; path: string }): Record<string, string> {
  if (/\/anthropic\/v1\//.test(path)) return { "x-api-key": key };
  return isAzureHost(origin) ? { "api-key": key } : { authorization: `Bearer ${key}` };
}

function isAzureHost(address: string): boolean {
  return URL.canParse(address) && /\.(openai|services\.ai|cognitiveservices)\.azure\.com$/.test(new URL(address).hostname);
}

export const azureAi: Provider = {
  name: NAME,
  title: "Azure AI Foundry",
  docs: "https://learn.microsoft.com/azure/ai-foundry",
  auth,
  baseEnv: ["AZURE_AI_API_BASE"],
  settingsEnv: { ...azureAdEnv, api_version: ["AZURE_AI_API_VERSION"] },
  serve(model, settings, facts) {
    const supports = { chat: supportedParameters(NAME, "chat", model, facts) };
    if (model.includes("claude")) {
      return { model, supports, baseUrl: claudeBase(settings.api_base ?? ""), sides: { chat: [anthropicMessages] } };
    }
    const beside = besideChat(model, settings, facts);
    if (beside) return { model, supports: {}, ...beside };
    const family = modelFamily(model);
    const isOpenai = family !== "plain" || /^(gpt-|chatgpt|text-embedding-)/.test(model);
    return {
      model,
      supports,
      refuses: familyRefusals(family, facts),
      quirks: isOpenai ? familyQuirks(family, facts) : quirks(oldTokenLimit, textAsString),
      ...whereOf(model, settings, isOpenai),
    };
  },
};

/** What images are asked for when nobody names a version. */
const IMAGES_VERSION = "2025-04-01-preview";

/** Models that do not chat stand elsewhere under the same resource. Source: learn.microsoft.com/azure/ai-foundry/foundry-models. */
function besideChat(model: string, settings: Settings, facts: ModelFacts): Pick<Service, "baseUrl" | "sides"> | undefined {
  const root = (settings.api_base ?? "").replace(/\/+$/, "").replace(/\/models$/, "");
  if (facts.mode === "rerank" || /rerank/i.test(model)) {
    // Cohere's fourth generation is served by its second API only.
    const path = /v4/.test(model) ? "/v2/rerank" : "/v1/rerank";
    return { baseUrl: root, sides: { rerank: [{ ...cohereRerank, path: () => path }] } };
  }
  if (facts.mode === "ocr" || /mistral-(ocr|document)/.test(model)) {
    return { baseUrl: root, sides: { ocr: [{ ...mistralOcr, path: () => "/providers/mistral/azure/ocr" }] } };
  }
  const does = soundOrImage(model, facts);
  if (!does) return undefined;
  const { baseUrl, query } = azureAddress({ ...settings, api_base: root, api_version: settings.api_version ?? IMAGES_VERSION }, model);
  return { baseUrl, sides: withQuery(openaiSides(does), query) };
}

function soundOrImage(
  model: string,
  { mode = "" }: ModelFacts,
): readonly ("image" | "edit" | "speak" | "transcribe" | "translate")[] | undefined {
  if (mode.startsWith("image_") || /^(flux|gpt-image|dall-e)/i.test(model)) return ["image", "edit"];
  if (mode.startsWith("audio_") || /whisper|-tts|transcribe/.test(model)) return ["speak", "transcribe", "translate"];
  return undefined;
}

/** Resources of Azure OpenAI, the models address of a Foundry resource, and serverless endpoints differ in path and version. */
function whereOf(model: string, settings: Settings, isOpenai: boolean): Pick<Service, "baseUrl" | "sides"> {
  const base = settings.api_base ?? "";
  if (isOpenai && /\.openai\.azure\.com/.test(base)) {
    const { baseUrl, query } = azureAddress(settings, model);
    return { baseUrl, sides: sidesWith(query) };
  }
  const foundry = /\.services\.ai\.azure\.com/.test(base) && !/\/(models|openai)(\/|\?|$)/.test(base);
  const version = settings.api_version ?? (foundry ? MODELS_VERSION : undefined);
  const query = version && !/\/openai\/v1/.test(base) ? `?api-version=${encodeURIComponent(version)}` : "";
  return { baseUrl: foundry ? `${base.replace(/\/+$/, "")}/models` : base, sides: sidesWith(query) };
}

function sidesWith(query: string): Service["sides"] {
  return withQuery(openaiSides(["chat", "embed"]), query);
}

/** The Anthropic wire lives under /anthropic of the resource. */
function claudeBase(base: string): string {
  if (base === "" || /\/anthropic(\/|$)/.test(base)) return base;
  return `${base.replace(/\/+$/, "").replace(/\/models$/, "")}/anthropic`;
}
