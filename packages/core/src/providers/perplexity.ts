/** Perplexity: answers with numbered sources, which become OpenAI's annotations. */

import { compatible } from "./compatible.ts";
import type { Provider } from "./provider.ts";
import { type Fields, fieldsOf, isFields, mapChoices } from "./quirks.ts";

export const perplexity: Provider = compatible({
  name: "perplexity",
  title: "Perplexity",
  base: "https://api.perplexity.ai",
  key: ["PERPLEXITYAI_API_KEY", "PERPLEXITY_API_KEY"],
  quirks: { reply: (body) => (isFields(body) ? annotated(body, sourcesOf(body)) : body) },
  docs: "https://docs.perplexity.ai/api-reference",
});

/** Newer replies name their sources in the search results alone. */
function sourcesOf({ citations, search_results: results }: Fields): readonly unknown[] {
  if (Array.isArray(citations)) return citations;
  return Array.isArray(results) ? results.map((each: unknown) => fieldsOf(each)["url"]) : [];
}

function annotated(body: Fields, sources: readonly unknown[]): unknown {
  const titles = new Map<unknown, unknown>();
  const results = body["search_results"];
  if (Array.isArray(results)) for (const each of results) titles.set(fieldsOf(each)["url"], fieldsOf(each)["title"]);
  return mapChoices(body, "message", (message) => {
    const { content } = message;
    if (typeof content !== "string" || message["annotations"]) return message;
    const annotations = marksIn(content, sources, titles);
    return annotations.length === 0 ? message : { ...message, annotations };
  });
}

/** `[2]` in the text stands for the second source. */
function marksIn(text: string, sources: readonly unknown[], titles: ReadonlyMap<unknown, unknown>): Fields[] {
  const found: Fields[] = [];
  for (const mark of text.matchAll(/\[(\d+)\]/g)) {
    const url = sources[Number(mark[1]) - 1];
    if (typeof url !== "string") continue;
    const title = titles.get(url);
    const at = { start_index: mark.index, end_index: mark.index + mark[0].length };
    found.push({ type: "url_citation", url_citation: { ...at, url, ...(typeof title === "string" && { title }) } });
  }
  return found;
}
