/** The words that LiteLLM's logs have for what was asked. */

import type { CallRecord } from "tollgate/parts";

const byOperation: { readonly [operation in CallRecord["operation"]]: string } = {
  chat: "acompletion",
  embed: "aembedding",
  rerank: "arerank",
  image: "aimage_generation",
  editImage: "aimage_edit",
  varyImage: "aimage_variation",
  speak: "aspeech",
  transcribe: "atranscription",
  translate: "atranslation",
  moderate: "amoderation",
  ocr: "aocr",
};

/** Chat has a word for each client surface. */
const byDialect: Readonly<Record<string, string>> = {
  "openai-completions": "atext_completion",
  "openai-responses": "aresponses",
  "anthropic-messages": "anthropic_messages",
  gemini: "agenerate_content",
};

export function callTypeOf({ operation, clientDialect }: Pick<CallRecord, "operation" | "clientDialect">): string {
  return (operation === "chat" && byDialect[clientDialect]) || byOperation[operation];
}
