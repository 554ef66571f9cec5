/** How an answer ended, and what Google said about it beyond OpenAI's five words. */

import type { FinishReason } from "../../hub/chat.ts";
import { finishReasonOf } from "../../hub/finish-reason.ts";
import type { Fields } from "./json.ts";
import type { WireCandidate } from "./wire.ts";

/** Google stops with STOP when it wants a function called. */
export function finishOf(native: string | undefined, called: boolean): FinishReason {
  const reason = finishReasonOf(native ?? "STOP");
  return reason === "stop" && called ? "tool_calls" : reason;
}

/** For the choice's provider_specific_fields; undefined when there is nothing to say. */
export function finishFields({ finishReason: native, finishMessage, avgLogprobs }: WireCandidate): Fields | undefined {
  const fields: Fields = {
    ...(native && native.toLowerCase() !== finishReasonOf(native) && { native_finish_reason: native }),
    ...(finishMessage && { finish_message: finishMessage }),
    ...(avgLogprobs !== undefined && { avg_logprobs: avgLogprobs }),
  };
  return Object.keys(fields).length > 0 ? fields : undefined;
}
