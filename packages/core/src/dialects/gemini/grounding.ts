/** What an answer is grounded on → annotations, and Google's own words about an answer under the names that LiteLLM's clients read. */

import type { Annotation } from "../../hub/extensions.ts";
import type { Fields } from "./json.ts";
import type { WireCandidate, WireGrounding } from "./wire.ts";

export function annotationsOf(grounding: WireGrounding | undefined): Annotation[] {
  const chunks = grounding?.groundingChunks ?? [];
  return (grounding?.groundingSupports ?? []).flatMap(({ segment, groundingChunkIndices = [] }) =>
    groundingChunkIndices.flatMap((index): Annotation[] => {
      // web, retrievedContext or maps: each with an address and a title.
      const source = Object.values(chunks[index] ?? {})[0];
      if (!source?.uri) return [];
      const place = { start_index: segment?.startIndex ?? 0, end_index: segment?.endIndex ?? 0 };
      return [{ type: "url_citation", url_citation: { url: source.uri, ...(source.title && { title: source.title }), ...place } }];
    }),
  );
}

/** One list per kind, an entry per candidate that has it; members without any entry are left out. */
export function wordsOfGoogle(candidates: readonly WireCandidate[]): Fields {
  const lists = {
    vertex_ai_grounding_metadata: candidates.map((each) => each.groundingMetadata),
    vertex_ai_url_context_metadata: candidates.map((each) => each.urlContextMetadata),
    vertex_ai_safety_results: candidates.map((each) => each.safetyRatings),
    vertex_ai_citation_metadata: candidates.map((each) => each.citationMetadata),
  };
  const known = Object.entries(lists).map(([name, list]) => [name, list.filter((entry) => entry !== undefined)] as const);
  return Object.fromEntries(known.filter(([, list]) => list.length > 0));
}
