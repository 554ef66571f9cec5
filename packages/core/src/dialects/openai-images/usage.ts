/** What making images used: tokens where the model counts them, always how many images of which kind. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";

type Fields = Readonly<Record<string, unknown>>;

/** Older models do not say of what size and quality their images are: then it is what was asked for. */
export function usageOfImages(reply: WireReply, asked?: Fields): Usage {
  const body = fieldsOf(reply.body);
  const data = body["data"];
  return {
    ...imageTokens(body["usage"]),
    units: { images: Array.isArray(data) ? data.length : 1 },
    ...imageKind(textOf(body["size"]) ?? textOf(asked?.["size"]), textOf(body["quality"]) ?? textOf(asked?.["quality"])),
  };
}

/** All output of an image model is images, unless it says otherwise. */
export function imageTokens(told: unknown): Usage {
  const usage = fieldsOf(told);
  const input = numberOf(usage["input_tokens"]) ?? numberOf(usage["prompt_tokens"]);
  const output = numberOf(usage["output_tokens"]) ?? numberOf(usage["completion_tokens"]);
  const imageIn = numberOf(fieldsOf(usage["input_tokens_details"])["image_tokens"]);
  const textOut = numberOf(fieldsOf(usage["output_tokens_details"])["text_tokens"]) ?? 0;
  const cached = numberOf(fieldsOf(usage["input_tokens_details"])["cached_tokens"]);
  const cost = numberOf(usage["cost"]);
  return {
    ...(input !== undefined && { inputTokens: input }),
    ...(output !== undefined && { outputTokens: output, imageOutTokens: Math.max(0, output - textOut) }),
    ...(imageIn !== undefined && { imageInTokens: imageIn }),
    ...(cached !== undefined && cached > 0 && { cacheReadTokens: cached }),
    ...(cost !== undefined && { providerCost: cost }),
  };
}

function imageKind(size: string | undefined, quality: string | undefined): Pick<Usage, "imageKind"> {
  if (size === undefined && quality === undefined) return {};
  return { imageKind: { ...(size !== undefined && { size }), ...(quality !== undefined && { quality }) } };
}

function fieldsOf(value: unknown): Fields {
  return value !== null && typeof value === "object" ? (value as Fields) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}

function textOf(value: unknown): string | undefined {
  return typeof value === "string" && value !== "" ? value : undefined;
}
