/** OpenRouter: always asked what a call cost, told who asks, and prompt caching only where a model knows it. */

import { openaiError } from "../dialects/openai-chat/error.ts";
import { chatImage, chatImageEdit } from "../dialects/openai-chat-image/provider-side.ts";
import { compatible } from "./compatible.ts";
import type { Provider, Quirks, Settings } from "./provider.ts";
import { type Fields, fieldsOf, forceInChat, isFields, messageRule, quirks, reasoningField } from "./quirks.ts";

/** Source: openrouter.ai/docs/features/prompt-caching: others cache by themselves or not at all. */
const cachesOnDemand = /claude|gemini|minimax|glm|z-ai/;

const noCacheMarks: Quirks = { rules: [messageRule(withoutCacheMarks)] };
/** A mark on a whole message belongs to its last part. */
const cacheMarks: Quirks = { rules: [messageRule(markedPart)] };

/** A host that failed is told inside a choice of a 200; a limit with the moment it ends. Source: openrouter.ai/docs/api-reference/errors. */
const failures: Quirks = {
  reply(body) {
    const choices = fieldsOf(body)["choices"];
    const failed = Array.isArray(choices) ? choices.map(fieldsOf).find(({ error }) => isFields(error)) : undefined;
    if (failed) throw openaiError({ status: 200, headers: {}, body: { error: failed["error"] } });
    return body;
  },
  error(reply) {
    const error = openaiError(reply);
    const reset = Number(fieldsOf(fieldsOf(error.detail.providerFields?.["metadata"])["headers"])["X-RateLimit-Reset"]);
    const sent = Date.parse(String(reply.headers["date"]));
    if (error.kind !== "rate_limit" || error.detail.retryAfterMs !== undefined || !(reset > sent)) return undefined;
    return error.with({ retryAfterMs: reset - sent });
  },
};

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
  sides: { image: [chatImage], editImage: [chatImageEdit] },
  developer: true,
  quirks: (model) =>
    quirks(
      forceInChat({ usage: { include: true } }),
      thinking,
      cachesOnDemand.test(model) ? cacheMarks : noCacheMarks,
      reasoningField,
      failures,
    ),
  headers: appHeaders,
  docs: "https://openrouter.ai/docs/api-reference",
});

function appHeaders(settings: Settings): Record<string, string> {
  const { or_site_url: site, or_app_name: app } = settings;
  return { ...(typeof site === "string" && { "http-referer": site }), ...(typeof app === "string" && { "x-title": app }) };
}

function markedPart(message: Fields): Fields {
  const { cache_control: mark, content, ...rest } = message;
  if (mark === undefined || content === undefined || content === null) return message;
  const parts: readonly unknown[] = Array.isArray(content) ? content : [{ type: "text", text: content }];
  return { ...rest, content: parts.map((part, at) => (at === parts.length - 1 ? { ...fieldsOf(part), cache_control: mark } : part)) };
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
