/** What servers that rank like Cohere leave out or say otherwise: the list in `data`, documents as texts, `usage` for `meta`. */

type Fields = Readonly<Record<string, unknown>>;

/** `remove` is the one member that another stands for. */
export interface TidyRerank {
  readonly set: Record<string, unknown>;
  readonly remove?: string;
}

/** The public model name only where a name stands: Cohere's own replies have none. */
export function tidyRerank(body: Fields, at: { readonly publicModel: string; readonly newId: () => string }): TidyRerank {
  const set: Record<string, unknown> = {};
  const moved = !Array.isArray(body["results"]);
  const results = (moved ? body["data"] : body["results"]) as readonly unknown[];
  if (moved || !results.every(isTidy)) set["results"] = results.map(tidyResult);
  if (typeof body["id"] !== "string") set["id"] = `rerank-${at.newId()}`;
  if (body["model"] !== undefined) set["model"] = at.publicModel;
  const { meta: told, usage } = body;
  const meta = told === undefined || told === null ? metaOf(usage) : undefined;
  Object.assign(set, meta && { meta });
  return { set, ...(moved && { remove: "data" }) };
}

function isTidy(result: unknown): boolean {
  return isFields(result) && typeof result["document"] !== "string" && typeof result["relevance_score"] === "number";
}

function tidyResult(result: unknown): unknown {
  if (!isFields(result)) return result;
  const { document, score, ...rest } = result;
  return {
    ...rest,
    ...(score !== undefined && (rest["relevance_score"] === undefined ? { relevance_score: score } : { score })),
    ...(document !== undefined && document !== null && { document: typeof document === "string" ? { text: document } : document }),
  };
}

function metaOf(usage: unknown): Fields | undefined {
  if (!isFields(usage)) return undefined;
  const { total_tokens: total, prompt_tokens: prompt, completion_tokens: completion } = usage;
  if (typeof total !== "number") return undefined;
  return {
    billed_units: { total_tokens: total },
    tokens: { input_tokens: typeof prompt === "number" ? prompt : total, output_tokens: typeof completion === "number" ? completion : 0 },
  };
}

function isFields(value: unknown): value is Fields {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}
