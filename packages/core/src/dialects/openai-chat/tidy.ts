/** What servers that speak almost like OpenAI leave out of a reply, put in; nothing else is touched. */

import { finishReasonOf, isFinishReason } from "../../hub/finish-reason.ts";
import type { Patch } from "../../transport/body.ts";

interface Choice {
  index?: unknown;
  finish_reason?: unknown;
  message?: { role?: unknown; content?: unknown; tool_calls?: unknown };
  [name: string]: unknown;
}

/** The public model name always; id, object, created and choices only where they are missing or untidy. */
export function tidyReply(
  body: Readonly<Record<string, unknown>>,
  at: { publicModel: string; now: number; newId: () => string },
): { set: Record<string, unknown> } & Patch {
  const set: Record<string, unknown> = { model: at.publicModel };
  if (typeof body["id"] !== "string") set["id"] = `chatcmpl-${at.newId()}`;
  if (body["object"] !== "chat.completion") set["object"] = "chat.completion";
  if (typeof body["created"] !== "number") set["created"] = at.now;
  const choices = body["choices"] as Choice[];
  if (!choices.every(isTidy)) set["choices"] = choices.map(tidyChoice);
  return { set };
}

function isTidy(choice: Choice, at: number): boolean {
  return isFinishReason(choice.finish_reason) && choice.index === at && choice.message?.role === "assistant";
}

function tidyChoice(choice: Choice, at: number): Choice {
  const native = choice.finish_reason;
  const calls = choice.message?.tool_calls;
  const implied = Array.isArray(calls) && calls.length > 0 ? "tool_calls" : "stop";
  const reason = typeof native === "string" && native !== "" ? finishReasonOf(native) : implied;
  return {
    ...choice,
    index: typeof choice.index === "number" ? choice.index : at,
    ...(choice.message && { message: { ...choice.message, role: "assistant" } }),
    finish_reason: reason,
    ...(typeof native === "string" && native !== "" && native !== reason && { provider_specific_fields: { native_finish_reason: native } }),
  };
}
