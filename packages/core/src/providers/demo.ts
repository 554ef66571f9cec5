/** The provider that answers by itself, without a network or a key: to see the gateway work before there is one. */

import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { openaiEmbeddings } from "../dialects/openai-embeddings/provider-side.ts";
import type { OutboundRequest } from "../transport/transport.ts";
import { chatReply, chatStream, embeddingReply, inPieces } from "./made-up-wire.ts";
import type { ExchangeContext, Provider } from "./provider.ts";
import { type Fields, fieldsOf, isFields, textOfParts } from "./quirks.ts";

const DIMENSIONS = 16;
/** Roughly what a token holds. */
const CHARACTERS_PER_TOKEN = 4;

export const demo: Provider = {
  name: "demo",
  title: "Demo (answers by itself)",
  auth: { env: [], connect: () => ({}) },
  serve: (model) => ({
    model,
    baseUrl: "http://demo.localhost/v1",
    supports: {},
    sides: { chat: [openaiChat], embed: [openaiEmbeddings] },
    exchange: async (request, context) => answer(request, context),
  }),
};

function answer(request: OutboundRequest, context: ExchangeContext) {
  const asked = read(request);
  const model = String(asked["model"] ?? "");
  if (context.operation === "embed") return embed(model, asked);
  const question = lastWords(asked["messages"]);
  const text = friendly(question);
  const prompt = tokensOf(JSON.stringify(asked["messages"] ?? ""));
  const completion = tokensOf(text);
  const chat = {
    id: `chatcmpl-${context.newId()}`,
    created: Math.floor(context.clock.now() / 1000),
    model,
    pieces: inPieces(text),
    usage: { prompt_tokens: prompt, completion_tokens: completion, total_tokens: prompt + completion },
  };
  return context.stream ? chatStream(chat) : chatReply(chat);
}

function friendly(question: string): string {
  const echo = question === "" ? "You sent no text." : `You said: "${question}"`;
  return `Hello from the demo model! ${echo} I only repeat what I am told; add a provider's key to talk to a real model.`;
}

function embed(model: string, asked: Fields) {
  const input = asked["input"];
  const texts = Array.isArray(input) && !input.every((each) => typeof each === "number") ? input : [input];
  const size = typeof asked["dimensions"] === "number" && asked["dimensions"] > 0 ? Math.min(asked["dimensions"], 4096) : DIMENSIONS;
  const words = texts.map((each) => (typeof each === "string" ? each : JSON.stringify(each)));
  return embeddingReply(
    model,
    words.map((text) => vectorOf(text, size)),
    words.reduce((sum, text) => sum + tokensOf(text), 0),
  );
}

/** The same text gives the same vector, of length 1; texts with the same words come near each other. */
function vectorOf(text: string, size: number): number[] {
  const sums = new Array<number>(size).fill(0);
  for (const word of text.toLowerCase().split(/\W+/)) {
    let hash = 2166136261;
    for (let at = 0; at < word.length; at += 1) hash = Math.imul(hash ^ word.charCodeAt(at), 16777619);
    const place = (hash >>> 1) % size;
    sums[place] = (sums[place] ?? 0) + (hash & 1 ? 1 : -1);
  }
  const length = Math.hypot(...sums);
  return length === 0 ? sums.map((_, at) => (at === 0 ? 1 : 0)) : sums.map((sum) => sum / length);
}

function lastWords(messages: unknown): string {
  if (!Array.isArray(messages)) return "";
  const last = messages.map(fieldsOf).findLast((message) => message["role"] === "user");
  const content = last?.["content"];
  if (typeof content === "string") return content;
  const texts = Array.isArray(content) ? content.filter((part) => fieldsOf(part)["type"] === "text") : [];
  return textOfParts(texts) ?? "";
}

function tokensOf(text: string): number {
  return Math.max(1, Math.ceil(text.length / CHARACTERS_PER_TOKEN));
}

function read(request: OutboundRequest): Fields {
  const json: unknown = JSON.parse(request.body?.toString() ?? "{}");
  return isFields(json) ? json : {};
}
