/** Text completion replies: put in order for clients of the same dialect, or told as chat. */

import type { ChatChoice, ChatResponse, ChatUsage } from "../../hub/chat.ts";
import { finishReasonOf } from "../../hub/finish-reason.ts";
import type { Patch } from "../../transport/body.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { TranslateContext } from "../dialect.ts";
import { notAnAnswer } from "../openai-chat/provider-side.ts";
import { chatLogprobs } from "./logprobs.ts";
import type { TextChoice, TextCompletion } from "./wire.ts";

type At = Pick<TranslateContext<"chat">, "publicModel" | "now" | "newId">;

/** Hands off: the public model name always, the rest only where it is missing or untidy. */
export function textReplyPatch(body: Readonly<Record<string, unknown>>, at: At): Patch {
  const { choices } = completionOf(body);
  const set: Record<string, unknown> = { model: at.publicModel };
  if (typeof body["id"] !== "string") set["id"] = `cmpl-${at.newId()}`;
  if (body["object"] !== "text_completion") set["object"] = "text_completion";
  if (typeof body["created"] !== "number") set["created"] = at.now;
  if (!choices.every(isTidy)) set["choices"] = choices.map(tidyTextChoice);
  return { set };
}

function isTidy(choice: TextChoice, at: number): boolean {
  const reason = choice.finish_reason;
  return typeof choice.text === "string" && choice.index === at && typeof reason === "string" && finishReasonOf(reason) === reason;
}

function tidyTextChoice(choice: TextChoice, at: number): TextChoice {
  return { ...choice, index: choice.index ?? at, text: choice.text ?? "", finish_reason: finishReasonOf(choice.finish_reason || "stop") };
}

export function chatOfText(reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const { id, created, choices, usage, system_fingerprint: fingerprint } = completionOf(reply.body);
  return {
    id: id ?? `chatcmpl-${context.newId()}`,
    object: "chat.completion",
    created: created ?? context.now,
    model: context.publicModel,
    choices: choices.map(chatChoice),
    ...(usage && { usage: usage as ChatUsage }),
    ...(typeof fingerprint === "string" && { system_fingerprint: fingerprint }),
  };
}

function chatChoice(choice: TextChoice, at: number): ChatChoice {
  const native = choice.finish_reason || "stop";
  const reason = finishReasonOf(native);
  const logprobs = chatLogprobs(choice.logprobs);
  return {
    index: choice.index ?? at,
    message: { role: "assistant", content: choice.text ?? "" },
    finish_reason: reason,
    ...(logprobs && { logprobs }),
    ...(native !== reason && { provider_specific_fields: { native_finish_reason: native } }),
  };
}

function completionOf(body: unknown): TextCompletion {
  if (body === null || typeof body !== "object" || !Array.isArray((body as Record<string, unknown>)["choices"])) throw notAnAnswer(body);
  return body as TextCompletion;
}
