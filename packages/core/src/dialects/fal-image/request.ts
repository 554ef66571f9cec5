/** Hub image requests as the inputs of fal's models, which differ in how they take shape and images. Source: each model's page, "API", at fal.ai/models. */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import type { TranslateContext } from "../dialect.ts";
import { aspectRatio } from "../gemini-image/aspect-ratio.ts";
import { readFile } from "../gemini-image/request.ts";
import { imageMembers, pixelsOf } from "../made-images.ts";
import { ownMembers } from "../own-members.ts";

type Context = TranslateContext<"image"> | TranslateContext<"editImage">;

const ratios = ["1:1", "16:9", "9:16", "4:3", "3:4", "3:2", "2:3", "21:9"];
/** Imagen knows fewer. */
const fewRatios = ["1:1", "16:9", "9:16", "4:3", "3:4"];
/** Models that are told a shape instead of a size. */
const shaped = /imagen|ultra|kontext|nano-banana|gemini|luma|photon|bria/;
/** Models that look at several images; all others take one. */
const several = /\/edit|multi|gpt-image|nano-banana|gemini|seedream/;

const sizes: Readonly<Record<string, string>> = {
  "512x512": "square",
  "1024x1024": "square_hd",
  "768x1024": "portrait_4_3",
  "576x1024": "portrait_16_9",
  "1024x768": "landscape_4_3",
  "1024x576": "landscape_16_9",
};

export function imageInput(context: Context): Record<string, unknown> {
  const { asked, model } = context;
  return {
    ...(asked.prompt && { prompt: asked.prompt }),
    ...(asked.n && asked.n > 1 && { num_images: asked.n }),
    ...sizeOf(asked.size, model),
    ...(asked.quality && asked.quality !== "auto" && /gpt-image/.test(model) && { quality: asked.quality }),
    ...(asked["style"] ? { style: asked["style"] } : {}),
    // Then the images come in the reply, not at an address.
    ...(asked.response_format === "b64_json" && { sync_mode: true }),
    ...ownMembers(asked, imageMembers),
  };
}

export function editInput(context: TranslateContext<"editImage">): Record<string, unknown> {
  const { asked, files, model } = context;
  if (asked.image.length === 0)
    throw new GatewayError("bad_request", "There is no image to change. Send one as image.", { param: "image" });
  const url = (file: FilePart): string => `data:${file.mediaType};base64,${readFile(file, files)}`;
  const urls = asked.image.map(url);
  return {
    ...(several.test(model) ? { image_urls: urls } : { image_url: urls[0] }),
    ...(asked.mask && { mask_url: url(asked.mask) }),
    ...imageInput(context),
  };
}

function sizeOf(size: string | null | undefined, model: string): Record<string, unknown> {
  if (shaped.test(model)) {
    const ratio = aspectRatio(size, model.includes("imagen") ? fewRatios : ratios);
    return ratio ? { aspect_ratio: ratio } : {};
  }
  if (size && /^[a-z_]+(_\d+_\d+)?$/.test(size) && size !== "auto") return { image_size: size };
  const pixels = pixelsOf(size);
  return pixels ? { image_size: sizes[size ?? ""] ?? pixels } : {};
}
