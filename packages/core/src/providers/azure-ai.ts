/** Azure AI Foundry: other makers' models on OpenAI's wire, Claude on Anthropic's. */

import { anthropicMessages } from "../dialects/anthropic-messages/provider-side.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { openaiEmbeddings } from "../dialects/openai-embeddings/provider-side.ts";
import { azureAdEnv, azureAuth } from "./auth/azure-ad.ts";
import { azureAddress } from "./azure-address.ts";
import { modelFamily } from "./model-family.ts";
import { familyQuirks, familyRefusals } from "./openai-rules.ts";
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
  return {
    chat: [{ ...openaiChat, path: () => `/chat/completions${query}` }],
    embed: [{ ...openaiEmbeddings, path: () => `/embeddings${query}` }],
  };
}

/** The Anthropic wire lives under /anthropic of the resource. */
function claudeBase(base: string): string {
  if (base === "" || /\/anthropic(\/|$)/.test(base)) return base;
  return `${base.replace(/\/+$/, "").replace(/\/models$/, "")}/anthropic`;
}
