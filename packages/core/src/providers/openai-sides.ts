/** What a server that speaks OpenAI's wire can be asked for, in words, and the sides that stand behind each word. */

import { cohereRerank } from "../dialects/cohere-rerank/provider-side.ts";
import type { ProviderSide } from "../dialects/dialect.ts";
import { openaiChat } from "../dialects/openai-chat/provider-side.ts";
import { openaiCompletions } from "../dialects/openai-completions/provider-side.ts";
import { openaiEmbeddings } from "../dialects/openai-embeddings/provider-side.ts";
import { openaiImageEdits, openaiImages, openaiImageVariations } from "../dialects/openai-images/provider-side.ts";
import { openaiModerations } from "../dialects/openai-moderations/provider-side.ts";
import { openaiSpeech } from "../dialects/openai-speech/provider-side.ts";
import { openaiTranscriptions, openaiTranslations } from "../dialects/openai-transcriptions/provider-side.ts";
import type { Service } from "./provider.ts";

/** `text` is a real /completions endpoint; `rerank` is Cohere's wire under OpenAI's address. */
export type Does = "chat" | "text" | "embed" | keyof typeof others;

/** Cohere's rerank where it is served beside OpenAI's paths. */
export const plainRerank: ProviderSide<"rerank"> = { ...cohereRerank, path: () => "/rerank" };

const others = {
  embed: { embed: [openaiEmbeddings] },
  rerank: { rerank: [plainRerank] },
  image: { image: [openaiImages] },
  edit: { editImage: [openaiImageEdits] },
  vary: { varyImage: [openaiImageVariations] },
  speak: { speak: [openaiSpeech] },
  transcribe: { transcribe: [openaiTranscriptions] },
  translate: { translate: [openaiTranslations] },
  moderate: { moderate: [openaiModerations] },
} satisfies Readonly<Record<string, Service["sides"]>>;

/** A client's own dialect wins, so a text completion is asked as one where the server has a place for it. */
export function openaiSides(does: readonly Does[]): Service["sides"] {
  const chat: ProviderSide<"chat">[] = [];
  if (does.includes("chat")) chat.push(openaiChat);
  if (does.includes("text")) chat.push(openaiCompletions);
  const sides: Service["sides"][] = [chat.length > 0 ? { chat } : {}];
  for (const word of does) if (word !== "chat" && word !== "text") sides.push(others[word]);
  return Object.assign({}, ...sides) as Service["sides"];
}

/** The same sides behind paths that carry a query, as Azure's do. */
export function withQuery(sides: Service["sides"], query: string): Service["sides"] {
  if (query === "") return sides;
  const changed = Object.entries(sides).map(([operation, list]) => [
    operation,
    (list as readonly ProviderSide[]).map((side) => ({
      ...side,
      path: (at: Parameters<ProviderSide["path"]>[0]) => side.path(at) + query,
    })),
  ]);
  return Object.fromEntries(changed) as Service["sides"];
}
