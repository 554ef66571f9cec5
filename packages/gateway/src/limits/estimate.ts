/** How much a call may use, told from its bytes: no tokenizer on the hot path. */

import { type Amounts, type Call, countRequest } from "tollgate/parts";

export interface Estimate
  extends Pick<Amounts, "media" | "cacheWrites" | "seconds" | "characters" | "images" | "pages" | "queries" | "webSearches"> {
  /** No token is shorter than a byte. */
  readonly inputTokensAtMost: number;
  /** Right for prose: what token limits reserve. */
  readonly inputTokensLikely: number;
  /** For each choice, as the request says it; undefined: it does not say. */
  readonly outputTokensAsked?: number;
  readonly choices: number;
  readonly tier?: string;
}

const BYTES_PER_TOKEN = 4;
/** A picture, a page or a file that is named by its address. */
const TOKENS_PER_MEDIUM = 2_000;
/** Of documents and sounds; what a picture costs does not grow with its bytes. */
const DATA_BYTES_PER_TOKEN = 8;
/** What providers say to a model about the tools that it has. */
const TOKENS_FOR_TOOLS = 1_000;
const TOKENS_PER_MADE_IMAGE = 16_384;
/** Above this a count would hold up everybody else. */
const COUNTED_BYTES = 64 * 1024;
/** Shorter runs of base64 are text like any other. */
const SHORTEST_DATA = 1_000;
/** Sound of the worst quality that speech is sent in. */
const BYTES_PER_SECOND = 1_000;
const SOUND_TOKENS_PER_SECOND = 32;
const SEARCHES_AT_MOST = 10;
const DOCUMENTS_PER_QUERY = 100;
const BYTES_PER_DOCUMENT = 2_000;

export function estimateOf(call: Call): Estimate {
  const { raw } = call.at.body;
  const marks = marksIn(raw);
  const { media } = marks;
  const mediaTokens = media * TOKENS_PER_MEDIUM + marks.dataTokens;
  const textBytes = raw.length - marks.dataBytes;
  // Every call comes by here: members are named one by one, which is several times quicker than putting objects together.
  const estimate: Estimate = {
    inputTokensAtMost: textBytes + mediaTokens + (marks.tools ? TOKENS_FOR_TOOLS : 0),
    inputTokensLikely: Math.ceil(textBytes / BYTES_PER_TOKEN) + mediaTokens,
    outputTokensAsked: askedOutput(call),
    choices: Math.max(1, numberOf(call.at.body.get("n")) ?? numberOf(call.at.body.get("candidateCount")) ?? 1),
    media: media > 0,
    cacheWrites: marks.cached,
    webSearches: marks.searches ? SEARCHES_AT_MOST : 0,
    tier: textOf(call, "service_tier"),
  };
  return call.client.operation === "chat" ? estimate : { ...estimate, choices: 1, ...byOperation(call) };
}

/** What is surely enough, with the tokens counted; the estimate's own where nobody can count. */
export async function countedInput(call: Call, estimate: Estimate, wireModels: readonly string[] = []): Promise<number> {
  const { body } = call.at;
  const { operation } = call.client;
  const isText = operation === "embed" ? body.has("input") : operation === "chat" && (body.has("messages") || body.has("prompt"));
  if (!isText || estimate.media || body.raw.length > COUNTED_BYTES) return estimate.inputTokensAtMost;
  const { json } = body;
  const counted = await countRequest(operation === "embed" ? { prompt: json["input"] } : json, wireModels[0]);
  if (counted.estimated) return estimate.inputTokensAtMost;
  const more = wireModels.some((model) => wordier.test(model)) ? WORDIER : 1;
  const tools = body.has("tools") ? TOKENS_FOR_TOOLS * (more - 1) : 0;
  return Math.min(estimate.inputTokensAtMost, Math.ceil(counted.tokens * more + tools));
}

/** Models whose alphabets make more tokens of a text than the ones that we can count with. */
const wordier = /claude|mistral|mixtral|llama-?2|gemma/i;
const WORDIER = 1.5;

type Measures = Partial<Omit<Estimate, "inputTokensAtMost" | "inputTokensLikely">> & { readonly inputTokensAtMost?: number };

function byOperation(call: Call): Measures {
  const { body, files } = call.at;
  switch (call.client.operation) {
    case "image":
    case "editImage":
    case "varyImage": {
      const images = Math.max(1, numberOf(body.get("n")) ?? 1);
      return { images, outputTokensAsked: TOKENS_PER_MADE_IMAGE, choices: images, media: files !== undefined };
    }
    case "speak":
      return { characters: body.raw.length, outputTokensAsked: body.raw.length * BYTES_PER_TOKEN };
    case "transcribe":
    case "translate": {
      const seconds = Math.ceil(bytesOf(call) / BYTES_PER_SECOND);
      const tokens = seconds * SOUND_TOKENS_PER_SECOND;
      return { seconds, outputTokensAsked: tokens, inputTokensAtMost: tokens + body.raw.length, media: true };
    }
    case "rerank": {
      const documents = body.get("documents");
      const most = (Array.isArray(documents) ? documents.length : 1) + Math.ceil(body.raw.length / BYTES_PER_DOCUMENT);
      return { queries: Math.ceil(most / DOCUMENTS_PER_QUERY), outputTokensAsked: 0 };
    }
    default:
      return { outputTokensAsked: 0 };
  }
}

function askedOutput(call: Call): number | undefined {
  const { body } = call.at;
  for (const name of ["max_completion_tokens", "max_tokens", "max_output_tokens"]) {
    const asked = numberOf(body.get(name));
    if (asked !== undefined) return asked;
  }
  const generation = body.get("generationConfig");
  return generation !== null && typeof generation === "object"
    ? numberOf((generation as Record<string, unknown>)["maxOutputTokens"])
    : undefined;
}

function bytesOf({ at: { files, body } }: Call): number {
  let bytes = files ? 0 : body.raw.length;
  for (const parts of files?.values() ?? []) for (const part of parts) bytes += part.size;
  return bytes;
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" && Number.isFinite(value) && value >= 0 ? Math.ceil(value) : undefined;
}

function textOf({ at: { body } }: Call, name: string): string | undefined {
  if (body.shape(name) !== "text") return undefined;
  const value = body.get(name);
  return typeof value === "string" ? value : undefined;
}

/** How far from its bytes the kind of a file is named. */
const NEAR = 80;

interface Marks {
  /** Pictures, sounds, files and pages, whether they stand in the body or are named by an address. */
  media: number;
  /** Of those that stand in the body as base64. */
  dataBytes: number;
  /** Beyond those of a picture each. */
  dataTokens: number;
  tools: boolean;
  /** Something is to be kept in the provider's cache. */
  cached: boolean;
  searches: boolean;
}

/** All that makes a body cost more or less than its text, found on one way through it. */
const marked =
  /"(?:image_url":\{|type": ?"(?:image|file)"|input_(?:image|audio|file)"|file_id"|fileData"|video_url"|document"|data":|tools"|cache_control"|cachePoint")|base64,|web_search|googleSearch/g;

function marksIn(raw: Buffer): Marks {
  const marks: Marks = { media: 0, dataBytes: 0, dataTokens: 0, tools: false, cached: false, searches: false };
  const text = raw.toString("latin1");
  marked.lastIndex = 0;
  for (let found = marked.exec(text); found; found = marked.exec(text)) {
    const [mark] = found;
    if (mark === "base64,") marked.lastIndex = addData(marks, text, marked.lastIndex);
    else if (mark === '"data":') addData(marks, text, text.indexOf('"', marked.lastIndex) + 1);
    else note(marks, mark);
  }
  return marks;
}

function note(marks: Marks, mark: string): void {
  if (mark === '"tools"') marks.tools = true;
  else if (mark === '"cache_control"' || mark === '"cachePoint"') marks.cached = true;
  else if (mark === "web_search" || mark === "googleSearch") marks.searches = true;
  // Each part that names a medium is one more than its bytes say.
  else marks.media += 1;
}

/** Answers where to look on. Text that only calls itself base64 must not go uncounted: it is looked at whole. */
function addData(marks: Marks, text: string, from: number): number {
  const until = from > 0 ? text.indexOf('"', from) : -1;
  if (until - from < SHORTEST_DATA || !base64.test(text.slice(from, until))) return from;
  marks.dataBytes += until - from;
  marks.media += 1;
  const around = text.slice(Math.max(0, from - NEAR), from) + text.slice(until, until + NEAR);
  if (!around.includes("image/")) marks.dataTokens += Math.ceil((until - from) / DATA_BYTES_PER_TOKEN);
  return until;
}

const base64 = /^[\w+/=-]+$/;
