/** Has Topaz make an image better or larger: a form out, a task back. Source: developer.topazlabs.com/getting-started/request-parameters/image. */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { imageMembers, imagesFrom, imageUsage, oneImage, pixelsOf } from "../made-images.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { translatedOnly } from "../translated-only.ts";

export const topazImage: ProviderSide<"varyImage"> = {
  ...translatedOnly,
  operation: "varyImage",
  dialect: "topaz-image",
  sends: "form",
  path: ({ model }) => `/${toolOf(model).tool}/async`,
  request,
  response,
  usage: (reply, asked) => imageUsage(textIn(objectIn(reply.body)["download_url"]) ? 1 : 0, asked),
  error: openaiError,
};

/** `sharpen/Standard` names tool and model; a model alone enhances, and those that invent what was not there do it elsewhere. */
function toolOf(name: string): { readonly tool: string; readonly model: string } {
  const [, tool, model] = /^(enhance|enhance-gen|sharpen|sharpen-gen|denoise|denoise-gen|restore-gen|lighting)\/(.+)$/.exec(name) ?? [];
  if (tool && model) return { tool, model };
  return { tool: /recovery|redefine|\bmax\b|wonder|bloom/i.test(name) ? "enhance-gen" : "enhance", model: name };
}

function request({ asked, model, dropParams }: TranslateContext<"varyImage">): Record<string, unknown> {
  const [image] = asked.image;
  if (!image) throw new GatewayError("bad_request", "There is no image to vary. Send one as image.", { param: "image" });
  oneImage(asked.n, dropParams);
  const pixels = pixelsOf(asked.size);
  return {
    model: toolOf(model).model,
    ...(pixels && { output_width: pixels.width, output_height: pixels.height }),
    output_format: "png",
    ...ownMembers(asked, imageMembers),
    image,
  };
}

/** The reply is where the result lies, or how its task ended. */
function response(reply: WireReply, { now }: Pick<TranslateContext<"varyImage">, "now">): ImageResponse {
  const { download_url: url, status } = objectIn(reply.body);
  if (typeof url === "string") return imagesFrom([url], now);
  if (typeof status === "string") throw new GatewayError("upstream_internal", `The provider's task ended as ${status}. Try again.`);
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no image. Check api_base and the model's name.");
}
