/** An embedding request in the hub's form → the body of /v2/embed. Source: docs.cohere.com/reference/embed. */

import type { EmbedRequest } from "../../hub/embed.ts";
import type { TranslateContext } from "../dialect.ts";
import { textsOf } from "../embed-list.ts";

const translated = new Set("model input dimensions encoding_format input_type user metadata".split(" "));

export function cohereEmbedRequest({ asked, model }: TranslateContext<"embed">): Record<string, unknown> {
  return {
    model,
    ...(asked.input === undefined || asked.input === null ? {} : inputOf(asked)),
    ...(typeof asked.dimensions === "number" && { output_dimension: asked.dimensions }),
    ...(asked.encoding_format && { embedding_types: [asked.encoding_format].flat() }),
    ...Object.fromEntries(Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined)),
  };
}

/** The models need to be told what the texts are for; documents are what is embedded most. */
function inputOf(asked: EmbedRequest): Record<string, unknown> {
  const texts = textsOf(asked.input);
  const images = texts.length > 0 && texts.every((text) => /^data:image\/[\w.+-]+;base64,/.test(text));
  const type = asked["input_type"] ?? (images ? "image" : "search_document");
  return images ? { images: texts, input_type: type } : { texts, input_type: type };
}
