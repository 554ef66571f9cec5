/** What providers call the end of an answer, told in OpenAI's words. */

import type { FinishReason } from "./chat.ts";

const words: Readonly<Record<FinishReason, string>> = {
  stop:
    "stop stop_sequence end_turn pause_turn complete error eos eos_token STOP STOP_SEQUENCE COMPLETE ERROR FINISH_REASON_UNSPECIFIED " +
    "MALFORMED_FUNCTION_CALL TOO_MANY_TOOL_CALLS MALFORMED_RESPONSE UNEXPECTED_TOOL_CALL MISSING_THOUGHT_SIGNATURE network_error",
  length: "length max_tokens MAX_TOKENS compaction model_context_window_exceeded model_length",
  tool_calls: "tool_calls tool_use TOOL_CALL tool_call",
  function_call: "function_call",
  content_filter:
    "content_filter refusal content_filtered guardrail_intervened ERROR_TOXIC SAFETY RECITATION LANGUAGE OTHER BLOCKLIST PROHIBITED_CONTENT SPII " +
    "IMAGE_SAFETY IMAGE_PROHIBITED_CONTENT IMAGE_RECITATION IMAGE_OTHER NO_IMAGE ESCALATION sensitive",
};

const byWord: ReadonlyMap<string, FinishReason> = new Map(
  (Object.entries(words) as [FinishReason, string][]).flatMap(([reason, list]) => list.split(" ").map((word) => [word, reason] as const)),
);

/** OpenAI's word for a provider's; an unknown one is `stop`, and the caller keeps the original as `native_finish_reason`. */
export function finishReasonOf(native: string): FinishReason {
  return byWord.get(native) ?? "stop";
}

/** True for the five words that OpenAI's clients know. */
export function isFinishReason(word: unknown): word is FinishReason {
  return typeof word === "string" && Object.hasOwn(words, word);
}
