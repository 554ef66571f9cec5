/** Google Vertex AI: Gemini, Imagen, embeddings, ranking and voices; other makers' models stand in vertex-partners.ts. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { geminiEmbed } from "../dialects/gemini-embed/provider-side.ts";
import { geminiImage, geminiImageEdit } from "../dialects/gemini-image/provider-side.ts";
import { geminiSpeech } from "../dialects/gemini-speech/provider-side.ts";
import { geminiTranscribe, geminiTranslate } from "../dialects/gemini-transcribe/provider-side.ts";
import { googleSpeech } from "../dialects/google-speech/provider-side.ts";
import { imagen, imagenEdit } from "../dialects/imagen/provider-side.ts";
import { vertexEmbed } from "../dialects/vertex-embed/provider-side.ts";
import { vertexMultimodalEmbed } from "../dialects/vertex-multimodal-embed/provider-side.ts";
import { vertexRank } from "../dialects/vertex-rank/provider-side.ts";
import type { ModelFacts } from "../hub/model-facts.ts";
import type { Operation } from "../hub/operations.ts";
import { googleAuth, googleEnv } from "./auth/google.ts";
import { geminiChatParameters, geminiMediaParameters, samplingRefusals } from "./gemini-parameters.ts";
import type { Provider, Service, Settings } from "./provider.ts";
import { locationOf, pathSegment, vertexAddress, vertexPath } from "./vertex-address.ts";
import { oneContentEach, oneInstanceEach } from "./vertex-fan-out.ts";
import { vertexGemini } from "./vertex-gemini.ts";
import { type VertexFamily, vertexFamily } from "./vertex-models.ts";
import { serveChatPredict, serveClaude, serveJamba, serveMistral, serveOpenModel, serveOwnEndpoint } from "./vertex-partners.ts";

const NAME = "vertex_ai";
const USUAL = "us-central1";
const RANKING = "https://discoveryengine.googleapis.com";
const VOICES = "https://texttospeech.googleapis.com/v1";

type Serve = (model: string, settings: Settings, facts: ModelFacts) => Service;

/** Vectors are packed by our translation where a client wants base64. */
const embedParameters: ReadonlySet<string> = new Set(["dimensions", "encoding_format"]);

const families: Readonly<Record<VertexFamily, Serve>> = {
  claude: serveClaude,
  mistral: serveMistral,
  jamba: serveJamba,
  "open-models": serveOpenModel,
  "own-endpoint": serveOwnEndpoint,
  "chat-predict": serveChatPredict,
  gemini: serveGemini,
  imagen: (model, settings, facts) => {
    const at = placeOf(model, settings, facts);
    return {
      ...at.service,
      supports: geminiMediaParameters,
      sides: { image: [at.method(imagen, "predict")], editImage: [at.method(imagenEdit, "predict")] },
    };
  },
  "text-embedding": (model, settings, facts) => {
    const at = placeOf(model, settings, facts);
    // Source: …/docs/model-reference/text-embeddings-api: Gemini's first embedding model takes one text in a request.
    const exchange = model.startsWith("gemini-embedding") ? { exchange: oneInstanceEach } : {};
    return { ...at.service, ...exchange, supports: { embed: embedParameters }, sides: { embed: [at.method(vertexEmbed, "predict")] } };
  },
  "content-embedding": (model, settings, facts) => {
    const at = placeOf(model, settings, facts);
    const sides = { embed: [at.method(geminiEmbed, "embedContent")] };
    return { ...at.service, exchange: oneContentEach, supports: { embed: embedParameters }, sides };
  },
  "multimodal-embedding": (model, settings, facts) => {
    const at = placeOf(model, settings, facts);
    return { ...at.service, supports: { embed: embedParameters }, sides: { embed: [at.method(vertexMultimodalEmbed, "predict")] } };
  },
  ranker: (model, settings) => ({
    model,
    baseUrl: (settings.api_base ?? RANKING).replace(/\/+$/, "") + vertexPath({ ...settings, api_version: "v1" }, "global"),
    supports: { rerank: new Set(["top_n", "return_documents", "rank_fields"]) },
    sides: { rerank: [vertexRank] },
  }),
  voices: (model, settings) => ({
    model,
    baseUrl: settings.api_base ?? VOICES,
    supports: { speak: new Set(["voice", "speed", "instructions", "response_format"]) },
    sides: { speak: [googleSpeech] },
  }),
};

/** A model that Google makes, or tuned: an endpoint of one's own has a number. */
function serveGemini(named: string, settings: Settings, facts: ModelFacts): Service {
  const model = named.replace(/^gemini\//, "");
  const at = placeOf(model, settings, facts);
  return {
    ...at.service,
    supports: { ...geminiMediaParameters, chat: geminiChatParameters(NAME, model, facts), embed: embedParameters },
    ...samplingRefusals(facts),
    sides: {
      chat: [vertexGemini(at.resource)],
      embed: [at.method(vertexEmbed, "predict")],
      image: [at.method(geminiImage, "generateContent")],
      editImage: [at.method(geminiImageEdit, "generateContent")],
      speak: [at.method(geminiSpeech, "generateContent")],
      transcribe: [at.method(geminiTranscribe, "generateContent")],
      translate: [at.method(geminiTranslate, "generateContent")],
    },
  };
}

interface Place {
  readonly service: Pick<Service, "model" | "baseUrl">;
  /** Path up to the method. */
  readonly resource: string;
  /** The side, asked by this method. */
  method<O extends Operation>(side: ProviderSide<O>, name: string): ProviderSide<O>;
}

function placeOf(model: string, settings: Settings, facts: ModelFacts): Place {
  const { baseUrl, named } = vertexAddress(settings, locationOf(settings, facts, USUAL));
  const own = /^\d+$/.test(model) || settings["use_psc_endpoint_format"] === true;
  const resource = named ?? (own ? `/endpoints/${pathSegment(model)}` : `/publishers/google/models/${pathSegment(model)}`);
  return { service: { model, baseUrl }, resource, method: (side, name) => ({ ...side, path: () => `${resource}:${name}` }) };
}

function vertex(name: string, title: string): Provider {
  return {
    name,
    title,
    docs: "https://docs.cloud.google.com/vertex-ai/generative-ai/docs",
    auth: googleAuth,
    settingsEnv: googleEnv,
    serve: (model, settings, facts) => families[vertexFamily(model, facts)](model, settings, facts),
  };
}

export const vertexAi = vertex(NAME, "Google Vertex AI");
export const vertexAiBeta = vertex("vertex_ai_beta", "Google Vertex AI (beta)");
