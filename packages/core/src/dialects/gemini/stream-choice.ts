/** One choice of a stream: what each event adds to it, and how it ends. */

import type { ChatChunk, ChatDelta } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { finishFields, finishOf } from "./finish.ts";
import { annotationsOf } from "./grounding.ts";
import { logprobsOf } from "./logprobs.ts";
import { joinedSound, type ReadParts, readParts } from "./read-parts.ts";
import { soundHead } from "./response.ts";
import type { WireCandidate } from "./wire.ts";

export type Choice = ChatChunk["choices"][number];

/** What must be remembered of one choice. */
export interface Progress {
  begun: boolean;
  calls: number;
  images: number;
  sounds: number;
  /** The last event that said how it ends; Gemini 1 says so in every event. */
  end?: WireCandidate;
}

/** What an event adds to a choice; undefined when it adds nothing. */
export function choiceOf(
  candidate: WireCandidate,
  index: number,
  progress: Progress,
  context: TranslateContext<"chat">,
): Choice | undefined {
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
export function endOf(index: number, { begun, calls, end }: Progress): Choice {
  const fields = end && finishFields(end);
  return {
    index,
    delta: begun ? {} : { role: "assistant", content: "" },
    finish_reason: finishOf(end?.finishReason, calls > 0),
    ...(fields && { provider_specific_fields: fields }),
  };
}
