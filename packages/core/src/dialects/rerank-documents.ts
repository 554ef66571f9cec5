/** The text of a document for rerankers that take nothing else. */

/** Of an object: the fields to rank by, else its text, else all of it. */
export function documentText(document: string | Readonly<Record<string, unknown>>, fields?: readonly string[] | null): string {
  if (typeof document === "string") return document;
  if (fields && fields.length > 0) return fields.map((name) => textOf(document[name])).join("\n");
  return typeof document["text"] === "string" ? document["text"] : JSON.stringify(document);
}

function textOf(value: unknown): string {
  return typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
}
