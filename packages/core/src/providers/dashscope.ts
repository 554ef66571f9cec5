/** Alibaba's models under its three names: OpenAI's wire, with reranking under an address beside it. */

import type { ProviderSide } from "../dialects/dialect.ts";
import { type CompatibleRow, compatible } from "./compatible.ts";
import { errorWords } from "./error-words.ts";
import { plainRerank } from "./openai-sides.ts";
import type { Provider } from "./provider.ts";
import { quirks, textAsString } from "./quirks.ts";

const INTERNATIONAL = "https://dashscope-intl.aliyuncs.com/compatible-mode/v1";
const CHINA = "https://dashscope.aliyuncs.com/compatible-mode/v1";

/** Source: alibabacloud.com/help/en/model-studio/rerank. */
const rerank: ProviderSide<"rerank"> = { ...plainRerank, path: () => "/reranks" };

/** An account that owes money is told so with a 400. Source: alibabacloud.com/help/en/model-studio/error-code. */
const ownErrors = errorWords([
  { words: /Arrearage|AccessDenied/, kind: "upstream_forbidden" },
  { words: /DataInspectionFailed/i, kind: "content_policy" },
  { words: /Throttling/, kind: "rate_limit" },
]);

function named(name: string, title: string, host: string, more: Partial<CompatibleRow> = {}): Provider {
  return compatible({
    name,
    title,
    base: ({ api_base: own = host }, model) => (model.includes("rerank") ? own.replace("/compatible-mode/", "/compatible-api/") : own),
    does: ["chat", "embed"],
    sides: { rerank: [rerank] },
    // Models without vision take text as a string only.
    quirks: quirks(textAsString, ownErrors),
    docs: "https://www.alibabacloud.com/help/en/model-studio/compatibility-of-openai-with-dashscope",
    ...more,
  });
}

export const dashscope = named("dashscope", "Alibaba DashScope", INTERNATIONAL, { does: ["chat", "text", "embed"] });
export const qwenCloud = named("qwencloud", "QwenCloud", INTERNATIONAL);
export const qwenAiPlatform = named("qwen_ai_platform", "Qianwen AI Platform", CHINA);
