import { expect, it } from "vitest";
import { imageFacts } from "./image-price.ts";
import { openPriceBook } from "./price-book.ts";

const book = openPriceBook({
  painter: { litellm_provider: "north", mode: "image_generation", output_cost_per_image: 1 },
  "standard/1024-x-1024/painter": { litellm_provider: "north", input_cost_per_image: 2 },
  "hd/1024-x-1792/painter": { litellm_provider: "north", input_cost_per_image: 3 },
  "512-x-512/painter": { litellm_provider: "north", input_cost_per_pixel: 0.00001 },
});
const images = { units: { images: 1 } };

it.each([
  [undefined, undefined, "input_cost_per_image", 2],
  ["auto", "auto", "input_cost_per_image", 2],
  ["1024x1792", "hd", "input_cost_per_image", 3],
  ["512x512", "low", "output_cost_per_image", 2.62144],
  ["64x64", "low", "output_cost_per_image", 1],
])("finds the row of size %s and quality %s", (size, quality, field, price) => {
  const facts = imageFacts(book, "north", "painter", { ...images, imageKind: { ...(size && { size }), ...(quality && { quality }) } });
  expect(facts?.[field] ?? 1).toBe(price);
});

it("leaves images that were paid as tokens, and what is no image", () => {
  expect(imageFacts(book, "north", "painter", { ...images, outputTokens: 9 })).toBeUndefined();
  expect(imageFacts(book, "north", "painter", { inputTokens: 9 })).toBeUndefined();
});
