/** Which of OpenAI's parameters a provider takes for a model; what it does not is dropped or refused before anything is sent. */

import type { ModelFacts } from "../hub/model-facts.ts";
import { type Operation, operations } from "../hub/operations.ts";
import { modelFamily } from "./model-family.ts";
import {
  chatLists,
  chatMore,
  embedLists,
  gpt5SamplingWords,
  gpt5Words,
  openaiWords,
  oSeriesWords,
  reasoningMore,
  takesAll,
  transcribeLists,
} from "./parameter-lists.ts";

const toolWords = ["tools", "tool_choice", "parallel_tool_calls", "functions", "function_call"];

/** Undefined: all. The names of the operation's `always` list are taken by everybody and need not be in the set. */
export function supportedParameters(
  provider: string,
  operation: Operation,
  model: string,
  facts: ModelFacts,
): ReadonlySet<string> | undefined {
  if (operation === "transcribe") return transcribeLists[provider] === undefined ? undefined : setOf(transcribeLists[provider]);
  if (operation !== "chat" && operation !== "embed") return undefined;
  if (operation === "embed") return embedLists[provider] === undefined ? undefined : setOf(embedLists[provider]);
  if (provider === "azure_ai" && model.includes("claude")) return providerWords("anthropic", model, facts);
  const words = provider === "openai" || provider === "azure" ? openaiModel(provider, model, facts) : providerWords(provider, model, facts);
  if (!words) return undefined;
  const toolless = toolWordsGone(provider, facts);
  if (toolless) for (const word of toolless) words.delete(word);
  return words;
}

/** Source: docs.together.ai/docs/function-calling: where a model cannot call tools it has no structured answers either. */
function toolWordsGone(provider: string, facts: ModelFacts): readonly string[] | undefined {
  if (provider === "together_ai" && isListed(facts) && facts.supports_function_calling !== true) return [...toolWords, "response_format"];
  return facts.supports_function_calling === false ? toolWords : undefined;
}

function setOf(...lists: readonly (string | undefined)[]): Set<string> {
  return new Set(lists.flatMap((list) => (list ? list.split(" ") : [])));
}

function providerWords(provider: string, model: string, facts: ModelFacts): Set<string> | undefined {
  if (takesAll.has(provider)) return undefined;
  const list = chatLists[provider];
  if (list === undefined) return everythingOfOpenai(chatMore[provider]);
  const words = setOf(list, reasons(facts) ? reasoningMore[provider] : undefined);
  // Every provider knows one name of the output limit; the quirk `oldTokenLimit` brings the newer one to it.
  if (words.has("max_tokens")) words.add("max_completion_tokens");
  if (provider === "xai") withoutGrokGaps(words, model, facts);
  return words;
}

/** A model that nobody described may reason. */
function reasons(facts: ModelFacts): boolean {
  return facts.supports_reasoning === true || facts.mode === undefined;
}

function everythingOfOpenai(more: string | undefined): Set<string> {
  const words = new Set([...operations.chat.known, "stream", "stream_options", "user"]);
  words.delete("thinking");
  for (const word of setOf(more)) words.add(word);
  return words;
}

/** A name that OpenAI does not list is another server's or, at Azure, somebody's deployment: all may be right there. */
function openaiModel(provider: string, model: string, facts: ModelFacts): Set<string> | undefined {
  const family = modelFamily(model, { anywhere: provider === "azure" });
  if (family === "o-series") {
    const words = setOf(oSeriesWords);
    if (facts["supports_parallel_function_calling"] === false) words.delete("parallel_tool_calls");
    return words;
  }
  if (family === "gpt-5") return setOf(gpt5Words, mayNotReason(facts) ? gpt5SamplingWords : undefined);
  if (family === "gpt-5-search") return setOf(gpt5Words, "web_search_options");
  return isListed(facts) ? setOf(openaiWords) : undefined;
}

/** Models that can be asked not to reason take sampling parameters then; a model that nobody described is let through. */
function mayNotReason(facts: ModelFacts): boolean {
  return facts["supports_none_reasoning_effort"] === true || facts["default_reasoning_effort"] === "none" || !isListed(facts);
}

/** In the price book, not only in somebody's `model_info`. */
function isListed(facts: ModelFacts): boolean {
  return facts.litellm_provider !== undefined;
}

/** Source: docs.x.ai, "Reasoning": reasoning models refuse penalties and stop sequences, most an effort. */
function withoutGrokGaps(words: Set<string>, model: string, facts: ModelFacts): void {
  const thinker = /grok-3-mini|grok-4|grok-code/.test(model) && !model.includes("non-reasoning");
  if (!thinker) return;
  words.delete("stop");
  if (!model.includes("grok-3-mini")) words.delete("frequency_penalty");
  if (!model.includes("grok-3-mini") && facts.supports_reasoning !== true) words.delete("reasoning_effort");
}
