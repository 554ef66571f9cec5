/** How each family of embedding models is asked and where its vectors stand, one row each. */

import { isObject, objectIn, objectsIn } from "../anthropic-messages/json.ts";
import type { TranslateContext } from "../dialect.ts";
import type { JsonObject } from "./wire.ts";

/** One thing to embed: a text, or an image in base64. */
export interface Item {
  readonly text?: string;
  readonly image?: { readonly format: string; readonly base64: string; readonly url: string };
}

export interface EmbedFamily {
  /** Takes a list; others are asked once for each item. */
  readonly many?: true;
  /** `more`: the client's own parameters. */
  readonly body: (items: readonly Item[], dimensions: number | undefined, more: JsonObject) => JsonObject;
  readonly vectors: (body: JsonObject) => readonly number[][] | undefined;
}

const numbers = (value: unknown): number[] | undefined =>
  Array.isArray(value) && value.every((each) => typeof each === "number") ? (value as number[]) : undefined;
const one = (value: unknown): number[][] | undefined => {
  const vector = numbers(value);
  return vector && [vector];
};

const titan: EmbedFamily = {
  body: ([item], dimensions, more) => ({ inputText: item?.text ?? "", ...(dimensions !== undefined && { dimensions }), ...more }),
  vectors: (body) => one(body["embedding"]),
};

const titanImage: EmbedFamily = {
  body: ([item], dimensions, more) => ({
    ...(item?.text !== undefined && { inputText: item.text }),
    ...(item?.image && { inputImage: item.image.base64 }),
    ...(dimensions !== undefined && { embeddingConfig: { outputEmbeddingLength: dimensions } }),
    ...more,
  }),
  vectors: (body) => one(body["embedding"]),
};

/** Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-embed.html. */
const cohere: EmbedFamily = {
  many: true,
  body: (items, dimensions, more) => {
    const images = items.flatMap(({ image }) => (image ? [image.url] : []));
    const asked =
      images.length > 0 ? { images, input_type: "image" } : { texts: items.map(({ text }) => text ?? ""), input_type: "search_document" };
    return { ...asked, ...(dimensions !== undefined && { output_dimension: dimensions }), ...more };
  },
  vectors: (body) => {
    const told = body["embeddings"];
    const list = isObject(told) ? told["float"] : told;
    return Array.isArray(list) && list.every((each) => numbers(each)) ? (list as number[][]) : undefined;
  },
};

const NOVA_DIMENSION = 3072;

/** Source: docs.aws.amazon.com/nova/latest/userguide/embeddings-schema.html. */
const nova: EmbedFamily = {
  body: ([item], dimensions, { embeddingPurpose, ...more }) => ({
    schemaVersion: "nova-multimodal-embed-v1",
    taskType: "SINGLE_EMBEDDING",
    singleEmbeddingParams: {
      embeddingPurpose: embeddingPurpose ?? "GENERIC_INDEX",
      embeddingDimension: dimensions ?? NOVA_DIMENSION,
      ...(item?.image
        ? { image: { format: item.image.format, source: { bytes: item.image.base64 } } }
        : { text: { truncationMode: "END", value: item?.text ?? "" } }),
      ...more,
    },
  }),
  vectors: (body) => {
    const [first] = objectsIn(body["embeddings"]);
    return one(first?.["embedding"]);
  },
};

/** Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-marengo.html. */
const marengo: EmbedFamily = {
  body: ([item], _dimensions, more) =>
    item?.image
      ? { inputType: "image", mediaSource: { base64String: item.image.base64 }, ...more }
      : { inputType: "text", inputText: item?.text ?? "", ...more },
  vectors: (body) => {
    const [first] = objectsIn(body["data"]);
    return one((first ?? objectIn(body["data"]))["embedding"] ?? body["embedding"]);
  },
};

/** Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-marengo-3.html: what is embedded lies one level down. */
const marengo3: EmbedFamily = {
  body: ([item], _dimensions, more) =>
    item?.image
      ? { inputType: "image", image: { mediaSource: { base64String: item.image.base64 } }, ...more }
      : { inputType: "text", text: { inputText: item?.text ?? "" }, ...more },
  vectors: marengo.vectors,
};

const families: readonly (readonly [RegExp, EmbedFamily])[] = [
  [/titan-embed-image/, titanImage],
  [/cohere|embed-(english|multilingual|v4)/, cohere],
  [/nova/, nova],
  [/marengo-embed-2/, marengo],
  [/marengo/, marengo3],
];

/** Profiles and custom models hide the name, so `base_model` may tell. */
export function embedFamilyOf({ model, facts, settings }: Pick<TranslateContext<"embed">, "model" | "facts" | "settings">): EmbedFamily {
  const base = facts["base_model"] ?? settings["base_model"];
  const name = typeof base === "string" && base !== "" ? base : model;
  return families.find(([pattern]) => pattern.test(name))?.[1] ?? titan;
}
