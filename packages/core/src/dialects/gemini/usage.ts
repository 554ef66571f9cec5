/** Google's usageMetadata in the house's form. */

import type { Headers } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { WireCandidate, WireModality, WireUsage } from "./wire.ts";

/** Undefined when nothing was told. */
export function usageOf(told: WireUsage | undefined, candidates: readonly WireCandidate[] = [], headers: Headers = {}): Usage | undefined {
  if (!told) return undefined;
  const usage: Usage = {
    inputTokens: (told.promptTokenCount ?? 0) + (told.toolUsePromptTokenCount ?? 0),
    outputTokens: outputTokens(told),
  };
  if (told.cachedContentTokenCount !== undefined) usage.cacheReadTokens = told.cachedContentTokenCount;
  if (told.thoughtsTokenCount !== undefined) usage.reasoningTokens = told.thoughtsTokenCount;
  const input = byModality(told.promptTokensDetails);
  const output = byModality(told.candidatesTokensDetails);
  if (input.has("AUDIO")) usage.audioInTokens = input.get("AUDIO");
  if (input.has("IMAGE")) usage.imageInTokens = input.get("IMAGE");
  if (input.has("VIDEO")) usage.videoInTokens = input.get("VIDEO");
  if (output.has("AUDIO")) usage.audioOutTokens = output.get("AUDIO");
  if (output.has("IMAGE")) usage.imageOutTokens = output.get("IMAGE");
  const searches = searchesOf(candidates);
  if (searches > 0) usage.units = { webSearches: searches };
  const tier = tierOf(told.trafficType ?? told.serviceTier ?? headers["x-gemini-service-tier"]);
  if (tier) usage.tier = tier;
  return usage;
}

/** Some models count thoughts among the candidates' tokens, most beside them: the total tells which. */
function outputTokens(told: WireUsage): number {
  const answered = told.candidatesTokenCount ?? 0;
  const asked = (told.promptTokenCount ?? 0) + (told.toolUsePromptTokenCount ?? 0);
  return told.totalTokenCount === asked + answered ? answered : answered + (told.thoughtsTokenCount ?? 0);
}

function byModality(details: readonly WireModality[] | undefined): Map<string, number> {
  const sums = new Map<string, number>();
  for (const { modality, tokenCount } of details ?? []) {
    if (modality && tokenCount !== undefined) sums.set(modality, (sums.get(modality) ?? 0) + tokenCount);
  }
  return sums;
}

export function searchesOf(candidates: readonly WireCandidate[]): number {
  return candidates.reduce((sum, { groundingMetadata }) => sum + (groundingMetadata?.webSearchQueries?.length ?? 0), 0);
}

/** Undefined for the usual tier. */
function tierOf(told: unknown): string | undefined {
  const words = String(told ?? "").toUpperCase();
  if (words.includes("PRIORITY")) return "priority";
  return words.includes("FLEX") || words.includes("BATCH") ? "flex" : undefined;
}
