/** Events of streamGenerateContent → the hub's chunks. */

import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { Usage } from "../../usage.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { geminiError } from "./error.ts";
import { eventReader } from "./event-reader.ts";
import { finishFields, finishOf } from "./finish.ts";
import { annotationsOf, wordsOfGoogle } from "./grounding.ts";
import type { Fields } from "./json.ts";
import { logprobsOf } from "./logprobs.ts";
import { joinedSound, type ReadParts, readParts } from "./read-parts.ts";
import { soundHead } from "./response.ts";
import { searchesOf, usageOf } from "./usage.ts";
import type { GenerateReply, WireCandidate } from "./wire.ts";

type Context = TranslateContext<"chat">;
type Emit = (chunk: ChatChunk) => void;
type Choice = ChatChunk["choices"][number];

/** What must be remembered of one choice. */
interface Progress {
  begun: boolean;
  calls: number;
  images: number;
  sounds: number;
  /** The last event that said how it ends; Gemini 1 says so in every event. */
  end?: WireCandidate;
}

export function geminiDecoder(context: Context): StreamDecoder<ChatChunk> {
  const read = eventReader();
  const choices = new Map<number, Progress>();
  let id = "";
  let usage: Usage | undefined;
  let searches = 0;
  /** Google's own words that came with an event of nothing else: they travel with the end. */
  let pending: Fields = {};

  const chunk = (parts: Choice[], more: Fields = {}): ChatChunk => ({
    id,
    object: "chat.completion.chunk",
    created: context.now,
    model: context.publicModel,
    choices: parts,
    ...more,
  });
  const progressOf = (index: number): Progress => {
    const known = choices.get(index) ?? { begun: false, calls: 0, images: 0, sounds: 0 };
    choices.set(index, known);
    return known;
  };
  const take = (body: GenerateReply, emit: Emit): void => {
    if (body.error) throw geminiError({ status: 200, headers: {}, body });
    id ||= body.responseId || `chatcmpl-${context.newId()}`;
    const candidates = body.candidates ?? [];
    searches += searchesOf(candidates);
    usage = withSearches(usageOf(body.usageMetadata) ?? usage, searches);
    const words = wordsOfGoogle(candidates);
    for (const [at, candidate] of candidates.entries()) {
      const index = candidate.index ?? at;
      const progress = progressOf(index);
      const choice = choiceOf(candidate, index, progress, context);
      if (candidate.finishReason) progress.end = candidate;
      if (choice) emit(chunk([choice], at === 0 ? words : {}));
      else pending = { ...pending, ...words };
    }
    const refused = candidates.length === 0 ? body.promptFeedback?.blockReason : undefined;
    if (refused) progressOf(0).end = { finishReason: refused, finishMessage: body.promptFeedback?.blockReasonMessage };
  };

  return {
    get usage() {
      return usage;
    },
    get complete() {
      return choices.size > 0 && [...choices.values()].every(({ end }) => end !== undefined);
    },
    push(event, emit) {
      const body = read(event);
      if (body) take(body, emit);
    },
    end(emit) {
      for (const [index, progress] of choices) {
        emit(chunk([endOf(index, progress)], pending));
        pending = {};
      }
      if (usage) emit(chunk([], { usage: chatUsage(usage), ...(usage.tier && { service_tier: usage.tier }) }));
    },
  };
}

function withSearches(usage: Usage | undefined, searches: number): Usage | undefined {
  return usage && searches > 0 ? { ...usage, units: { webSearches: searches } } : usage;
}

function choiceOf(candidate: WireCandidate, index: number, progress: Progress, context: Context): Choice | undefined {
  const read = readParts(candidate.content?.parts, context.newId);
  const delta: ChatDelta = {
    ...(read.text && { content: read.text }),
    ...(read.reasoning && { reasoning_content: read.reasoning }),
    ...(read.thinkingBlocks.length > 0 && { thinking_blocks: read.thinkingBlocks }),
    ...numbered(read, progress),
    ...(read.sounds.length > 0 && { audio: { ...(progress.sounds === 0 && soundHead(context)), data: joinedSound(read.sounds) } }),
    ...(Object.keys(read.fields).length > 0 && { provider_specific_fields: read.fields }),
  };
  progress.sounds += read.sounds.length;
  const annotations = annotationsOf(candidate.groundingMetadata);
  if (annotations.length > 0) delta.annotations = annotations;
  const logprobs = logprobsOf(candidate.logprobsResult);
  if (Object.keys(delta).length === 0 && !logprobs) return undefined;
  const role = progress.begun ? {} : ({ role: "assistant" } as const);
  progress.begun = true;
  return { index, delta: { ...role, ...delta }, finish_reason: null, ...(logprobs && { logprobs }) };
}

/** Calls and images count on from event to event. */
function numbered({ calls, images }: ReadParts, progress: Progress): ChatDelta {
  const delta: ChatDelta = {
    ...(calls.length > 0 && { tool_calls: calls.map((call, at) => ({ ...call, index: progress.calls + at })) }),
    ...(images.length > 0 && { images: images.map((image, at) => ({ ...image, index: progress.images + at })) }),
  };
  progress.calls += calls.length;
  progress.images += images.length;
  return delta;
}

/** The reason travels alone, with an empty delta, after everything that was said. */
function endOf(index: number, { begun, calls, end }: Progress): Choice {
  const fields = end && finishFields(end);
  return {
    index,
    delta: begun ? {} : { role: "assistant", content: "" },
    finish_reason: finishOf(end?.finishReason, calls > 0),
    ...(fields && { provider_specific_fields: fields }),
  };
}
