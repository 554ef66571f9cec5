/** OpenRouter: always asked what a call cost, told who asks, and prompt caching only where a model knows it. */

import { compatible } from "./compatible.ts";
import type { Provider, Quirks, Settings } from "./provider.ts";
import { type Fields, fieldsOf, forceInChat, isFields, messageRule, quirks, reasoningField } from "./quirks.ts";

/** Source: openrouter.ai/docs/features/prompt-caching: others cache by themselves or not at all. */
const cachesOnDemand = /claude|gemini|minimax|glm|z-ai/;

const noCacheMarks: Quirks = { rules: [messageRule(withoutCacheMarks)] };

/** Source: openrouter.ai/docs/use-cases/reasoning-tokens: one member for effort and budget. */
const thinking: Quirks = {
  rules: [
    (wire) => {
      if (!isFields(wire["thinking"])) return undefined;
      const { type, budget_tokens } = wire["thinking"];
      const reasoning = type === "disabled" ? { enabled: false } : budget_tokens ? { max_tokens: budget_tokens } : { enabled: true };
      return { remove: ["thinking"], set: { reasoning: wire["reasoning"] ?? reasoning } };
    },
  ],
};

export const openrouter: Provider = compatible({
  name: "openrouter",
  title: "OpenRouter",
  base: "https://openrouter.ai/api/v1",
  baseEnv: ["OPENROUTER_API_BASE", "OPENROUTER_BASE_URL"],
  settingsEnv: { or_site_url: ["OR_SITE_URL"], or_app_name: ["OR_APP_NAME"] },
  does: ["chat", "text", "embed"],
  developer: true,
  quirks: (model) =>
    quirks(forceInChat({ usage: { include: true } }), thinking, cachesOnDemand.test(model) ? undefined : noCacheMarks, reasoningField),
  headers: appHeaders,
  docs: "https://openrouter.ai/docs/api-reference",
});

function appHeaders(settings: Settings): Record<string, string> {
  const { or_site_url: site, or_app_name: app } = settings;
  return { ...(typeof site === "string" && { "http-referer": site }), ...(typeof app === "string" && { "x-title": app }) };
}

function withoutCacheMarks(message: Fields): Fields {
  const { cache_control: mark, ...rest } = message;
  const content = message["content"];
  if (!Array.isArray(content) || !content.some((part) => "cache_control" in fieldsOf(part))) return mark === undefined ? message : rest;
  const parts = content.map((part: unknown) => {
    const { cache_control: _, ...kept } = fieldsOf(part);
    return kept;
  });
  return { ...rest, content: parts };
}
