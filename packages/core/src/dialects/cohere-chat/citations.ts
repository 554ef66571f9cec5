/** Cohere's citations as OpenAI's annotations. Source: docs.cohere.com/docs/rag-citations. */

import type { Annotation } from "../../hub/extensions.ts";
import type { CohereCitation, CohereSource } from "./wire.ts";

/** Undefined for a citation in what the model thought or planned, which is no part of the text. `before`: characters of earlier parts. */
export function annotationOf(citation: CohereCitation, before = 0): Annotation | undefined {
  if (citation.type !== undefined && citation.type !== "TEXT_CONTENT") return undefined;
  const [source] = citation.sources ?? [];
  const title = text(fieldOf(source, "title"));
  return {
    type: "url_citation",
    url_citation: {
      ...(citation.start !== undefined && { start_index: citation.start + before }),
      ...(citation.end !== undefined && { end_index: citation.end + before }),
      ...(title !== undefined && { title }),
      url: text(fieldOf(source, "url")) ?? "",
    },
  };
}

function fieldOf(source: CohereSource | undefined, name: string): unknown {
  return source?.document?.[name] ?? source?.tool_output?.[name];
}

function text(value: unknown): string | undefined {
  return typeof value === "string" ? value : undefined;
}
