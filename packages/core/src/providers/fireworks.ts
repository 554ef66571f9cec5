/** Fireworks AI: chat models live under an account's path, embedding models under their own names. */

import { compatible } from "./compatible.ts";
import { fireworksQuirks } from "./fireworks-quirks.ts";
import type { Provider } from "./provider.ts";

/** Models that hear have hosts of their own. Source: docs.fireworks.ai/guides/querying-asr-models. */
function soundHost(model: string): string | undefined {
  if (!/whisper-v3/.test(model)) return undefined;
  return model.includes("turbo") ? "https://audio-turbo.api.fireworks.ai/v1" : "https://audio-prod.api.fireworks.ai/v1";
}

export const fireworks: Provider = compatible({
  name: "fireworks_ai",
  title: "Fireworks AI",
  base: ({ api_base }, model) => api_base ?? soundHost(model) ?? "https://api.fireworks.ai/inference/v1",
  key: ["FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
  baseEnv: ["FIREWORKS_API_BASE", "FIREWORKS_AI_API_BASE"],
  does: ["chat", "text", "embed", "rerank", "transcribe", "translate"],
  quirks: fireworksQuirks,
  docs: "https://docs.fireworks.ai/api-reference",
});
