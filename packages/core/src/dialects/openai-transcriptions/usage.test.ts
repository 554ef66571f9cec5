import { expect, it } from "vitest";
import { usageOfAudio } from "./usage.ts";

it.each([
  [{ text: "a" }, undefined],
  [{ text: "a", duration: 1.5 }, { units: { seconds: 1.5 } }],
  [{ text: "a", duration: "1.5" }, { units: { seconds: 1.5 } }],
  [{ text: "a", duration: 1.4, usage: { type: "duration", seconds: 2 } }, { units: { seconds: 2 } }],
  [
    { usage: { type: "tokens", input_tokens: 14, output_tokens: 5, input_token_details: { audio_tokens: 10, text_tokens: 4 } } },
    { inputTokens: 14, outputTokens: 5, audioInTokens: 10 },
  ],
  [
    { usage: { prompt_audio_seconds: 2, prompt_tokens: 4, completion_tokens: 5 } },
    { inputTokens: 4, outputTokens: 5, units: { seconds: 2 } },
  ],
])("reads %j", (body, usage) => expect(usageOfAudio(body)).toEqual(usage));
