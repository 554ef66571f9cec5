/** What is known of a model's images of one size and quality: price lists have a row for each, named after both. */

import type { ModelFacts } from "../hub/model-facts.ts";
import type { Usage } from "../usage.ts";
import type { PriceBook } from "./price-book.ts";

const USUAL_SIZE = "1024x1024";
const USUAL_QUALITY = "standard";

/** Undefined where the model has no rows of this kind, and where the images were paid as tokens. */
export function imageFacts(book: Pick<PriceBook, "facts">, provider: string, model: string, usage: Usage): ModelFacts | undefined {
  const { imageKind } = usage;
  if (!usage.units?.images || usage.outputTokens !== undefined) return undefined;
  const size = known(imageKind?.size) ?? USUAL_SIZE;
  const quality = known(imageKind?.quality) ?? USUAL_QUALITY;
  const written = size.replace("x", "-x-");
  const plain = book.facts(provider, model);
  for (const name of [`${quality}/${written}/${model}`, `${written}/${quality}/${model}`, `${written}/${model}`, `${quality}/${model}`]) {
    // A name that nobody listed is found as the model itself.
    const facts = book.facts(provider, name);
    if (facts !== plain && facts.litellm_provider !== undefined) return withPriceOfPixels(facts, size);
  }
  return undefined;
}

function known(word: string | undefined): string | undefined {
  return word === undefined || word === "auto" ? undefined : word;
}

/** Some rows price the pixel: `1024x1792` are so many. */
function withPriceOfPixels(facts: ModelFacts, size: string): ModelFacts {
  const [width = 0, height = 0] = size.split("x").map(Number);
  const pixel = Math.max(Number(facts["input_cost_per_pixel"] ?? 0), Number(facts["output_cost_per_pixel"] ?? 0));
  const told = facts["input_cost_per_image"] ?? facts["output_cost_per_image"];
  if (told !== undefined || facts["input_cost_per_pixel"] === undefined || !(width * height > 0)) return facts;
  return { ...facts, output_cost_per_image: Number((pixel * width * height).toFixed(9)) };
}
