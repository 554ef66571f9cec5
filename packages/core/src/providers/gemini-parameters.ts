/** What of OpenAI's parameters Gemini models take, at either of Google's two addresses. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { supportedParameters } from "./parameters.ts";
import type { Service } from "./provider.ts";

/** Beyond the common list: what our translation turns into something that Google knows. */
export function geminiChatParameters(provider: string, model: string, facts: ModelFacts): ReadonlySet<string> | undefined {
  const words = supportedParameters(provider, "chat", model, facts);
  if (!words) return undefined;
  const calls = facts.supports_function_calling === false ? [] : ["function_call"];
  const speaks =
    facts.mode === undefined || facts.mode === "audio_speech" || facts["supports_audio_output"] === true || /tts|audio/.test(model);
  return new Set([...words, "top_logprobs", ...calls, ...(speaks ? ["audio"] : [])]);
}

/** The other operations of Gemini and Imagen: what is translated, or says what is done anyway. */
export const geminiMediaParameters: Service["supports"] = {
  image: new Set(["n", "size", "quality", "response_format", "output_format", "output_compression"]),
  editImage: new Set(["n", "size", "quality", "response_format", "output_format", "output_compression", "mask"]),
  speak: new Set(["voice", "instructions", "response_format"]),
  transcribe: new Set(["language", "prompt", "response_format", "temperature"]),
  translate: new Set(["prompt", "response_format", "temperature"]),
};

/** Newer models choose their sampling themselves. */
export function samplingRefusals(facts: ModelFacts): Pick<Service, "refuses"> {
  if (facts.supports_sampling_params !== false) return {};
  return { refuses: (asked) => ["temperature", "top_p", "top_k"].filter((name) => asked[name] !== undefined && asked[name] !== null) };
}
