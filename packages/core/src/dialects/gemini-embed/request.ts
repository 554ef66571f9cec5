/** An embedding request in the hub's form → the body of batchEmbedContents. */

import { GatewayError } from "../../errors.ts";
import type { TranslateContext } from "../dialect.ts";
import { camelOf, type Fields } from "../gemini/json.ts";
import { mediaPart } from "../gemini/media.ts";
import { modelPath } from "../gemini/provider-side.ts";
import type { WirePart } from "../gemini/wire.ts";
import type { BatchEmbedRequest } from "./wire.ts";

const translated = new Set("model input dimensions encoding_format user metadata".split(" "));
/** `data:image/png;base64,…`, `gs://…` and files of the Files API, for models that see. */
const media = /^(data:[\w.+-]+\/[\w.+-]+;base64,|gs:\/\/|https:\/\/generativelanguage\.googleapis\.com\/.*files\/|files\/)/;

export function geminiEmbedRequest(context: TranslateContext<"embed">): BatchEmbedRequest {
  const { asked, model } = context;
  const more = moreOf(asked);
  return {
    requests: contentsOf(asked.input).map((texts) => ({
      model: modelPath(model),
      content: { parts: texts.map((text) => partOf(text, context)) },
      ...(typeof asked.dimensions === "number" && { outputDimensionality: asked.dimensions }),
      ...more,
    })),
  };
}

/** Each entry becomes one embedding; a list inside the list is one embedding of all its parts. */
function contentsOf(input: unknown): string[][] {
  if (typeof input === "string") return [[input]];
  const entries: unknown[] = Array.isArray(input) ? input : [];
  return entries.map((entry) => {
    const texts: unknown[] = Array.isArray(entry) ? entry : [entry];
    return texts.map((text) => {
      if (typeof text === "string") return text;
      throw new GatewayError("bad_request", "This model embeds texts, not token numbers. Send input as a text or a list of texts.", {
        param: "input",
      });
    });
  });
}

function partOf(text: string, { model, facts }: TranslateContext<"embed">): WirePart {
  const sees = facts["supports_multimodal"] === true || model.includes("embedding-2");
  return sees && media.test(text) ? mediaPart({ source: text }, new Map()) : { text };
}

/** task_type, title and whatever else Google may know. */
function moreOf(asked: Readonly<Fields>): Fields {
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  return Object.fromEntries(own.map(([name, value]) => [camelOf(name), value]));
}
