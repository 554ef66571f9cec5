/** Changes images at xAI: OpenAI's edits, but as JSON with the images in it. Source: docs.x.ai/developers/model-capabilities/images/editing. */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { aspectRatio } from "../gemini-image/aspect-ratio.ts";
import { readFile } from "../gemini-image/request.ts";
import { imageMembers } from "../made-images.ts";
import { openaiImages } from "../openai-images/provider-side.ts";
import { ownMembers } from "../own-members.ts";
import { translatedOnly } from "../translated-only.ts";

const ratios = "1:1 3:4 4:3 9:16 16:9 2:3 3:2 9:20 20:9 1:2 2:1".split(" ");

export const xaiEdits: ProviderSide<"editImage"> = {
  ...translatedOnly,
  operation: "editImage",
  dialect: "xai-images",
  path: () => "/images/edits",
  reads: ({ image }) => image,
  request,
  response: (reply, context) =>
    openaiImages.response(reply, { ...context, asked: { ...context.asked, prompt: context.asked.prompt ?? "" } }),
  usage: openaiImages.usage as ProviderSide<"editImage">["usage"],
  error: openaiImages.error,
};

function request({ asked, files, model }: TranslateContext<"editImage">): Record<string, unknown> {
  const [first, ...others] = asked.image;
  if (!first) throw new GatewayError("bad_request", "There is no image to change. Send one as image.", { param: "image" });
  const url = (file: FilePart) => ({ type: "image_url", url: `data:${file.mediaType};base64,${readFile(file, files)}` });
  const ratio = aspectRatio(asked.size, ratios);
  return {
    model,
    ...(asked.prompt && { prompt: asked.prompt }),
    ...(others.length > 0 ? { images: asked.image.map(url) } : { image: url(first) }),
    ...(asked.n && { n: asked.n }),
    ...(asked.response_format && { response_format: asked.response_format }),
    ...(ratio && { aspect_ratio: ratio }),
    ...ownMembers(asked, imageMembers),
  };
}
