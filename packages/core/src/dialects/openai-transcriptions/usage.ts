/** What writing down sound used: tokens or seconds, whichever the provider says. */

import type { Usage } from "../../usage.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Undefined when the reply says nothing: then the file is measured. */
export function usageOfAudio(body: unknown): Usage | undefined {
  const from = fieldsOf(body);
  const told = fieldsOf(from["usage"]);
  const seconds = numberOf(told["seconds"]) ?? numberOf(told["prompt_audio_seconds"]) ?? numberOf(from["duration"]);
  const input = numberOf(told["input_tokens"]) ?? numberOf(told["prompt_tokens"]);
  const output = numberOf(told["output_tokens"]) ?? numberOf(told["completion_tokens"]);
  const details = fieldsOf(told["input_token_details"] ?? told["input_tokens_details"]);
  const audioIn = numberOf(details["audio_tokens"]);
  if (seconds === undefined && input === undefined && output === undefined) return undefined;
  return {
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: output }),
    ...(audioIn !== undefined && { audioInTokens: audioIn }),
    ...(seconds !== undefined && { units: { seconds } }),
  };
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === "object" ? (value as Fields) : {};
}

/** Some servers write a duration as a text. */
function numberOf(value: unknown): number | undefined {
  const number = typeof value === "string" && value !== "" ? Number(value) : value;
  return typeof number === "number" && Number.isFinite(number) ? number : undefined;
}
