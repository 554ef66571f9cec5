/** Events of streamGenerateContent → the hub's chunks. */

import type { ChatChunk } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireEvent } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { geminiError } from "./error.ts";
import { eventReader } from "./event-reader.ts";
import { wordsOfGoogle } from "./grounding.ts";
import type { Fields } from "./json.ts";
import { type Choice, choiceOf, endOf, type Progress } from "./stream-choice.ts";
import { searchesOf, usageOf } from "./usage.ts";
import type { GenerateReply, WireCandidate } from "./wire.ts";

type Context = TranslateContext<"chat">;
type Emit = (chunk: ChatChunk) => void;

export function geminiDecoder(context: Context): StreamDecoder<ChatChunk> {
  return new GeminiDecoder(context);
}

/** The ends are held back until the body ends: some models say STOP in every event. */
class GeminiDecoder implements StreamDecoder<ChatChunk> {
  usage: Usage | undefined;
  readonly #context: Context;
  readonly #read = eventReader();
  readonly #choices = new Map<number, Progress>();
  #id = "";
  #searches = 0;
  /** Google's own words that came with an event of nothing else: they travel with the end. */
  #pending: Fields = {};

  constructor(context: Context) {
    this.#context = context;
  }

  get complete(): boolean {
    return this.#choices.size > 0 && [...this.#choices.values()].every(({ end }) => end !== undefined);
  }

  push(event: WireEvent, emit: Emit): void {
    const body = this.#read(event);
    if (!body) return;
    if (body.error) throw geminiError({ status: 200, headers: {}, body });
    const candidates = body.candidates ?? [];
    this.#id ||= body.responseId || `chatcmpl-${this.#context.newId()}`;
    this.#count(body, candidates);
    const words = wordsOfGoogle(candidates);
    for (const [at, candidate] of candidates.entries()) this.#take(candidate, at, at === 0 ? words : {}, emit);
    const refused = candidates.length === 0 ? body.promptFeedback?.blockReason : undefined;
    if (refused) this.#progress(0).end = { finishReason: refused, finishMessage: body.promptFeedback?.blockReasonMessage };
  }

  end(emit: Emit): void {
    for (const [index, progress] of this.#choices) {
      emit(this.#chunk([endOf(index, progress)], this.#pending));
      this.#pending = {};
    }
    const { usage } = this;
    if (usage) emit(this.#chunk([], { usage: chatUsage(usage), ...(usage.tier && { service_tier: usage.tier }) }));
  }

  /** Counts of tokens grow from event to event, searches are told once each. */
  #count(body: GenerateReply, candidates: readonly WireCandidate[]): void {
    this.#searches += searchesOf(candidates);
    const usage = usageOf(body.usageMetadata) ?? this.usage;
    this.usage = usage && this.#searches > 0 ? { ...usage, units: { webSearches: this.#searches } } : usage;
  }

  #take(candidate: WireCandidate, at: number, words: Fields, emit: Emit): void {
    const index = candidate.index ?? at;
    const progress = this.#progress(index);
    const choice = choiceOf(candidate, index, progress, this.#context);
    if (candidate.finishReason) progress.end = candidate;
    if (choice) emit(this.#chunk([choice], words));
    else this.#pending = { ...this.#pending, ...words };
  }

  #progress(index: number): Progress {
    const known = this.#choices.get(index) ?? { begun: false, calls: 0, images: 0, sounds: 0 };
    this.#choices.set(index, known);
    return known;
  }

  #chunk(choices: Choice[], more: Fields): ChatChunk {
    const { now, publicModel } = this.#context;
    return { id: this.#id, object: "chat.completion.chunk", created: now, model: publicModel, choices, ...more };
  }
}
