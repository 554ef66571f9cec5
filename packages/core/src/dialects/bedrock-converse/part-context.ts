/** What the parts of one request share: the names of its documents. */

import type { TranslateContext } from "../dialect.ts";

export interface PartContext extends TranslateContext<"chat"> {
  /** A name that no other document of the request has. */
  readonly documentName: (wanted: string | undefined) => string;
}

/** Names that are unique within one request, of the letters that the wire takes. */
export function documentNames(): PartContext["documentName"] {
  const taken = new Set<string>();
  return (wanted) => {
    const clean = wanted
      ?.replace(/\.[A-Za-z0-9]+$/, "")
      .replace(/[^a-zA-Z0-9\-()[\] ]+/g, "-")
      .replace(/\s+/g, " ")
      .trim()
      .slice(0, 180);
    const base = clean || "document";
    let name = clean ? base : `${base}-1`;
    for (let count = 2; taken.has(name); count += 1) name = `${base}-${count}`;
    taken.add(name);
    return name;
  };
}
