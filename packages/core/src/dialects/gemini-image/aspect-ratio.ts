/** OpenAI's image sizes as the aspect ratios that Google's models know. */

import { GatewayError } from "../../errors.ts";

/** `1792x1024` → the nearest of `ratios` (`16:9`); a ratio is taken as it is, `auto` is the model's own choice. */
export function aspectRatio(size: string | null | undefined, ratios: readonly string[]): string | undefined {
  if (!size || size === "auto") return undefined;
  if (/^\d+:\d+$/.test(size)) return size;
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size) ?? [];
  if (!Number(width) || !Number(height)) {
    throw new GatewayError("bad_request", `The size "${size}" is none. Write it like 1024x1024, or auto.`, { param: "size" });
  }
  // Compared as logarithms, so that too wide and too tall count the same.
  const wanted = Math.log(Number(width) / Number(height));
  return ratios.reduce((best, ratio) => (Math.abs(shapeOf(ratio) - wanted) < Math.abs(shapeOf(best) - wanted) ? ratio : best));
}

function shapeOf(ratio: string): number {
  const [width = 1, height = 1] = ratio.split(":").map(Number);
  return Math.log(width / height);
}
