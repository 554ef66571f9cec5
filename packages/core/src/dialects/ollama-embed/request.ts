/** An embeddings request for /api/embed. */

import { GatewayError } from "../../errors.ts";
import type { EmbedRequest } from "../../hub/embed.ts";
import { operations } from "../../hub/operations.ts";
import type { TranslateContext } from "../dialect.ts";

/** Ollama's own members beside `options`. */
const besideOptions: ReadonlySet<string> = new Set(["keep_alive", "truncate", "dimensions"]);

export function embedRequest({ asked, model }: TranslateContext<"embed">): Record<string, unknown> {
  const beside: Record<string, unknown> = {};
  const own = asked["options"];
  const options: Record<string, unknown> = own !== null && typeof own === "object" ? { ...own } : {};
  for (const [name, value] of Object.entries(asked)) {
    if (value === undefined || value === null || name === "options") continue;
    if (besideOptions.has(name)) beside[name] = value;
    else if (!operations.embed.known.has(name) && !operations.embed.always.has(name)) options[name] = value;
  }
  return { model, input: textsOf(asked), ...beside, ...(Object.keys(options).length > 0 && { options }) };
}

function textsOf({ input }: EmbedRequest): string[] {
  const texts: unknown[] = Array.isArray(input) ? input : [input];
  if (texts.every((text): text is string => typeof text === "string")) return texts;
  throw new GatewayError("bad_request", "Ollama embeds texts, but 'input' holds token numbers. Send a text or a list of texts.", {
    param: "input",
  });
}
