/** Fireworks AI: chat models live under an account's path, embedding models under their own names. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks } from "./provider.ts";
import { anyTool, chatModel, fieldsOf, isFields, noStrictTools, oldTokenLimit, quirks } from "./quirks.ts";

const plainEffort: Quirks = {
  rules: [
    (wire) =>
      isFields(wire["reasoning_effort"]) ? { set: { reasoning_effort: fieldsOf(wire["reasoning_effort"])["effort"] } } : undefined,
  ],
};

export const fireworks: Provider = compatible({
  name: "fireworks_ai",
  title: "Fireworks AI",
  base: "https://api.fireworks.ai/inference/v1",
  key: ["FIREWORKS_AI_API_KEY", "FIREWORKS_API_KEY", "FIREWORKSAI_API_KEY", "FIREWORKS_AI_TOKEN"],
  baseEnv: ["FIREWORKS_API_BASE", "FIREWORKS_AI_API_BASE"],
  does: ["chat", "text", "embed"],
  quirks: quirks(
    chatModel((model) => (model.startsWith("accounts/") ? model : `accounts/fireworks/models/${model}`)),
    oldTokenLimit,
    anyTool,
    noStrictTools,
    plainEffort,
  ),
  docs: "https://docs.fireworks.ai/api-reference",
});
