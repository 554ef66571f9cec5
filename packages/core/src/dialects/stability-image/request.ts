/** Hub image requests as the forms of Stability's tools. */

import { GatewayError } from "../../errors.ts";
import { present } from "../anthropic-messages/json.ts";
import type { TranslateContext } from "../dialect.ts";
import { aspectRatio } from "../gemini-image/aspect-ratio.ts";
import { mustBeBase64 } from "../gemini-image/request.ts";
import { imageMembers, oneImage } from "../made-images.ts";
import { ownMembers } from "../own-members.ts";
import { makesImages, toolOf } from "./tools.ts";

type Context = TranslateContext<"image"> | TranslateContext<"editImage">;

const ratios = ["1:1", "16:9", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];

export function imageForm(context: TranslateContext<"image">): Record<string, unknown> {
  const ratio = aspectRatio(context.asked.size, ratios);
  return { ...common(context), ...(ratio && { aspect_ratio: ratio }), ...ownMembers(context.asked, imageMembers) };
}

/** The makers of new images start from one where it comes with how far they may leave it. */
export function editForm(context: TranslateContext<"editImage">): Record<string, unknown> {
  const { asked, model } = context;
  const [image, second] = asked.image;
  if (!image) throw new GatewayError("bad_request", "There is no image to change. Send one as image.", { param: "image" });
  const tool = toolOf(model);
  const styled = tool.path.endsWith("/style-transfer") ? { style_image: second } : {};
  const start = makesImages(model) ? { mode: tool.named ? "image-to-image" : undefined, strength: USUAL_STRENGTH } : {};
  return present({
    ...common(context),
    [tool.image ?? "image"]: image,
    mask: asked.mask,
    ...styled,
    ...start,
    ...ownMembers(asked, imageMembers),
  });
}

/** When nobody says how much of the image may change; the API wants a number. */
const USUAL_STRENGTH = 0.5;

function common(context: Context): Record<string, unknown> {
  const { asked, model, dropParams } = context;
  mustBeBase64(context);
  oneImage(asked.n, dropParams);
  const { prompt = "prompt", named } = toolOf(model);
  return {
    ...(prompt !== null && asked.prompt && { [prompt]: asked.prompt }),
    output_format: "png",
    ...(named && { model }),
  };
}
