/** Other makers' models on Vertex AI: Claude, Mistral, Jamba, open models as a service, and endpoints of one's own. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { geminiError } from "../dialects/gemini/error.ts";
import { mistralOcr } from "../dialects/mistral-ocr/provider-side.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { vertexChatPredict } from "../dialects/vertex-chat-predict/provider-side.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import { mistralQuirks } from "./mistral-quirks.ts";
import { supportedParameters } from "./parameters.ts";
import type { Quirks, Service, Settings } from "./provider.ts";
import { developerAsSystem, fieldsOf, noStreamOptions, oldTokenLimit, quirks } from "./quirks.ts";
import { locationOf, openaiAddress, pathSegment, vertexAddress } from "./vertex-address.ts";
import { vertexClaude } from "./vertex-claude.ts";

type Serve = (model: string, settings: Settings, facts: ModelFacts) => Service;

const USUAL = "us-central1";
const USUAL_FOR_CLAUDE = "us-east5";

/** Before a model answers Google's own door does, in Google's words. */
const googleErrors: Quirks = {
  error: (reply) => {
    const error = fieldsOf(fieldsOf(Array.isArray(reply.body) ? reply.body[0] : reply.body)["error"]);
    return typeof error["status"] === "string" ? geminiError(reply) : undefined;
  },
};

export const serveClaude: Serve = (model, settings, facts) => {
  const { baseUrl, named } = vertexAddress(settings, locationOf(settings, facts, USUAL_FOR_CLAUDE));
  const known = model.replace(/^anthropic\//, "");
  return {
    model: known,
    baseUrl,
    supports: { chat: supportedParameters("anthropic", "chat", known.replace(/@.*$/, ""), facts) },
    quirks: googleErrors,
    sides: { chat: [vertexClaude(named ?? publisher("anthropic", known))] },
  };
};

/** Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/partner-models/mistral; the version stands in the path, never in the body. */
export const serveMistral: Serve = (model, settings, facts) => {
  const known = model.replace(/^mistralai\//, "");
  const { sides, ...place } = rawPredict("mistralai", known, settings, facts);
  return {
    ...place,
    supports: { chat: supportedParameters("mistral", "chat", known, facts) },
    quirks: quirks(developerAsSystem, noStreamOptions, mistralQuirks(known), { force: { model: known.replace(/@.*$/, "") } }, googleErrors),
    sides: { ...sides, ocr: sides.chat?.map(({ path }) => ({ ...mistralOcr, path: (at) => path({ ...at, asked: undefined }) })) },
  };
};

export const serveJamba: Serve = (model, settings, facts) => {
  const known = model.replace(/^ai21\//, "");
  return {
    ...rawPredict("ai21", known, settings, facts),
    supports: { chat: supportedParameters("ai21", "chat", known, facts) },
    quirks: quirks(developerAsSystem, oldTokenLimit, noStreamOptions, googleErrors),
  };
};

/** Llama, DeepSeek, Qwen, gpt-oss, GLM, Kimi, MiniMax …: the maker's name is part of the model's. */
export const serveOpenModel: Serve = (model, settings, facts) => ({
  model,
  ...openaiSide(settings, facts, "/endpoints/openapi"),
  supports: openParameters(model, facts),
  quirks: quirks(developerAsSystem, googleErrors),
});

/** `openai/<endpoint>`: a model of the garden on machines of one's own; the endpoint is the model. */
export const serveOwnEndpoint: Serve = (model, settings, facts) => {
  const id = model.slice("openai/".length);
  return {
    model: id,
    ...openaiSide(settings, facts, `/endpoints/${pathSegment(id)}`),
    supports: openParameters(id, facts),
    quirks: quirks(developerAsSystem, { force: { model: "" } }, googleErrors),
  };
};

/** `gemma/<endpoint>`. */
export const serveChatPredict: Serve = (model, settings, facts) => {
  const id = model.slice("gemma/".length);
  const { baseUrl, named } = vertexAddress(settings, locationOf(settings, facts, USUAL));
  const path = (): string => `${named ?? `/endpoints/${pathSegment(id)}`}:predict`;
  return {
    model: id,
    baseUrl,
    supports: openParameters(id, facts),
    quirks: googleErrors,
    sides: { chat: [{ ...vertexChatPredict, path }] },
  };
};

function openParameters(model: string, facts: ModelFacts): Service["supports"] {
  return { chat: supportedParameters("vertex_ai-open-models", "chat", model, facts) };
}

function openaiSide(settings: Settings, facts: ModelFacts, endpoint: string): Pick<Service, "baseUrl" | "sides"> {
  return { baseUrl: openaiAddress(settings, locationOf(settings, facts, USUAL), endpoint), sides: { chat: [openaiChat] } };
}

/** OpenAI's wire behind the method that passes bodies on as they are. */
function rawPredict(maker: string, model: string, settings: Settings, facts: ModelFacts): Pick<Service, "model" | "baseUrl" | "sides"> {
  const { baseUrl, named } = vertexAddress(settings, locationOf(settings, facts, USUAL));
  const resource = named ?? publisher(maker, model);
  const side: ProviderSide<"chat"> = { ...openaiChat, path: ({ stream }) => `${resource}:${stream ? "streamRawPredict" : "rawPredict"}` };
  return { model, baseUrl, sides: { chat: [side] } };
}

function publisher(maker: string, model: string): string {
  return `/publishers/${maker}/models/${pathSegment(model)}`;
}
