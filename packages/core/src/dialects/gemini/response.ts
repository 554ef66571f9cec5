/** A reply of generateContent → the hub's chat response. */

import { GatewayError } from "../../errors.ts";
import type { ChatChoice, ChatResponse, ReplyMessage } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { geminiError } from "./error.ts";
import { finishFields, finishOf } from "./finish.ts";
import { annotationsOf, wordsOfGoogle } from "./grounding.ts";
import { isFields } from "./json.ts";
import { logprobsOf } from "./logprobs.ts";
import { joinedSound, readParts } from "./read-parts.ts";
import { usageOf } from "./usage.ts";
import type { GenerateReply, WireCandidate } from "./wire.ts";

type Context = TranslateContext<"chat">;

/** Google keeps no sound; the time is what OpenAI's clients expect to see. */
const SOUND_LASTS_SECONDS = 86_400;

export function geminiResponse(reply: WireReply, context: Context): ChatResponse {
  const body = answerOf(reply);
  const candidates = body.candidates ?? [];
  const usage = usageOf(body.usageMetadata, candidates, reply.headers);
  const response: ChatResponse = {
    id: body.responseId || `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: context.now,
    model: context.publicModel,
    choices: candidates.length > 0 ? candidates.map((candidate, at) => choiceOf(candidate, at, context)) : [blocked(body)],
  };
  if (usage) response.usage = chatUsage(usage);
  if (usage?.tier) response.service_tier = usage.tier;
  return Object.assign(response, wordsOfGoogle(candidates));
}

/** A 200 may hold an error, or nothing that is an answer. */
export function answerOf(reply: WireReply): GenerateReply {
  const body: unknown = Array.isArray(reply.body) ? reply.body[0] : reply.body;
  if (!isFields(body)) throw notAnAnswer();
  if (body["error"]) throw geminiError({ ...reply, body });
  if (!Array.isArray(body["candidates"]) && !isFields(body["promptFeedback"]) && !isFields(body["usageMetadata"])) throw notAnAnswer();
  return body as GenerateReply;
}

function notAnAnswer(): GatewayError {
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body is no generateContent reply (it has no candidates). Check api_base.",
  );
}

/** No candidate at all: the prompt was refused, or nothing was made. */
function blocked({ promptFeedback: feedback }: GenerateReply): ChatChoice {
  return {
    index: 0,
    message: { role: "assistant", content: null },
    finish_reason: feedback?.blockReason ? "content_filter" : "stop",
    ...(feedback && {
      provider_specific_fields: { ...(feedback.blockReason && { native_finish_reason: feedback.blockReason }), prompt_feedback: feedback },
    }),
  };
}

function choiceOf(candidate: WireCandidate, at: number, context: Context): ChatChoice {
  const read = readParts(candidate.content?.parts, context.newId);
  const annotations = annotationsOf(candidate.groundingMetadata);
  const message: ReplyMessage = {
    role: "assistant",
    content: read.text || null,
    ...(read.calls.length > 0 && { tool_calls: read.calls }),
    ...(read.reasoning && { reasoning_content: read.reasoning }),
    ...(read.thinkingBlocks.length > 0 && { thinking_blocks: read.thinkingBlocks }),
    ...(annotations.length > 0 && { annotations }),
    ...(read.images.length > 0 && { images: read.images }),
    ...(read.sounds.length > 0 && { audio: { ...soundHead(context), data: joinedSound(read.sounds) } }),
    ...(Object.keys(read.fields).length > 0 && { provider_specific_fields: read.fields }),
  };
  const fields = finishFields(candidate);
  const logprobs = logprobsOf(candidate.logprobsResult);
  return {
    index: candidate.index ?? at,
    message,
    finish_reason: finishOf(candidate.finishReason, read.calls.length > 0),
    ...(logprobs && { logprobs }),
    ...(fields && { provider_specific_fields: fields }),
  };
}

/** What is said once about a sound, whole or in a stream. */
export function soundHead({ now, newId }: Pick<Context, "now" | "newId">): Record<string, unknown> {
  return { id: `audio_${newId()}`, expires_at: now + SOUND_LASTS_SECONDS, transcript: "" };
}
