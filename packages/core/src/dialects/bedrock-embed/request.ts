/** A hub embedding request as the body of the model's family, or as several bodies where it takes one text a call. */

import { GatewayError } from "../../errors.ts";
import type { TranslateContext } from "../dialect.ts";
import { textsOf } from "../embed-list.ts";
import { embedFamilyOf, type Item } from "./families.ts";
import type { JsonObject } from "./wire.ts";

const translated = new Set("model input dimensions encoding_format user metadata extra_headers".split(" "));

export function bedrockEmbedRequest(context: TranslateContext<"embed">): JsonObject {
  const { asked } = context;
  const family = embedFamilyOf(context);
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  const body = (items: readonly Item[]) => family.body(items, asked.dimensions ?? undefined, Object.fromEntries(own));
  const items = textsOf(asked.input).map(itemOf);
  if (items.length === 0) {
    throw new GatewayError("bad_request", "There is nothing to embed. Send input as a text or a list of texts.", { param: "input" });
  }
  return family.many || items.length === 1 ? body(items) : { each: items.map((item) => body([item])) };
}

const image = /^data:image\/([\w.+-]+);base64,(.*)$/s;

function itemOf(text: string): Item {
  const [, format, base64] = image.exec(text) ?? [];
  return format && base64 ? { image: { format: format === "jpg" ? "jpeg" : format, base64, url: text } } : { text };
}
