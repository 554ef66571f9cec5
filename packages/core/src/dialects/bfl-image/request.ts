/** Hub image requests as the bodies of FLUX's endpoints, which differ in how they take size and image. */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import { present } from "../anthropic-messages/json.ts";
import type { TranslateContext } from "../dialect.ts";
import { aspectRatio } from "../gemini-image/aspect-ratio.ts";
import { readFile } from "../gemini-image/request.ts";
import { imageMembers, oneImage, pixelsOf } from "../made-images.ts";
import { ownMembers, withNumbers } from "../own-members.ts";

type Context = TranslateContext<"image"> | TranslateContext<"editImage">;

const ratios = ["1:1", "21:9", "16:9", "4:3", "3:2", "2:3", "3:4", "9:16", "9:21"];
const numbers = new Set("seed steps guidance grow_mask top bottom left right safety_tolerance width height".split(" "));

export function imageBody(context: TranslateContext<"image">): Record<string, unknown> {
  return { prompt: context.asked.prompt, ...sizeOf(context), ...howMany(context), ...own(context) };
}

export function editBody(context: TranslateContext<"editImage">): Record<string, unknown> {
  const { asked, files } = context;
  if (asked.image.length === 0)
    throw new GatewayError("bad_request", "There is no image to change. Send one as image.", { param: "image" });
  const read = (file: FilePart): string => readFile(file, files);
  return {
    ...present({ prompt: asked.prompt, ...imagesOf(context, read), mask: asked.mask && read(asked.mask) }),
    ...(fills(context.model) ? {} : sizeOf(context)),
    ...howMany(context),
    ...own(context),
  };
}

/** Fill and expand paint within or around one image. */
function fills(model: string): boolean {
  return /fill|expand/.test(model);
}

/** Kontext and FLUX.2 look at several, the first of which has no number; older models are only moved by one. */
function imagesOf({ asked, model }: TranslateContext<"editImage">, read: (file: FilePart) => string): Record<string, unknown> {
  const [first] = asked.image;
  if (fills(model)) return { image: first && read(first) };
  if (!/kontext|flux-2/.test(model)) return { image_prompt: first && read(first) };
  return Object.fromEntries(asked.image.map((file, at) => [at === 0 ? "input_image" : `input_image_${at + 1}`, read(file)]));
}

function sizeOf({ asked, model }: Context): Record<string, unknown> {
  if (!/ultra|kontext/.test(model)) return { ...pixelsOf(asked.size) };
  const ratio = aspectRatio(asked.size, ratios);
  return ratio ? { aspect_ratio: ratio } : {};
}

/** Only ultra makes several, and only it has a look that is less polished. */
function howMany({ asked, model, dropParams }: Context): Record<string, unknown> {
  const ultra = model.includes("ultra");
  if (!ultra) oneImage(asked.n, dropParams);
  return {
    ...(ultra && asked.n && asked.n > 1 && { num_images: asked.n }),
    ...(ultra && asked.quality === "hd" && { raw: true }),
  };
}

function own({ asked }: Context): Record<string, unknown> {
  return withNumbers(ownMembers(asked, imageMembers), numbers);
}
