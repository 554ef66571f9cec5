/** Calls a provider in OpenAI's images: making, changing and varying them. Source: platform.openai.com/docs/api-reference/images. */

import type { ImageResponse } from "../../hub/image.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { imageGlance } from "./glance.ts";
import { tidyImages } from "./tidy.ts";
import { usageOfImages } from "./usage.ts";

type ImageOperation = "image" | "editImage" | "varyImage";

const common = {
  dialect: "openai-images",
  framing: "sse",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: (reply, context) => imagesOf(reply, context),
  glance: imageGlance,
  replyPatch: tidyImages,
  usage: usageOfImages,
  error: openaiError,
} satisfies Partial<ProviderSide<ImageOperation>>;

export const openaiImages: ProviderSide<"image"> = { ...common, operation: "image", path: () => "/images/generations" };

export const openaiImageEdits: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  sends: "form",
  path: () => "/images/edits",
};

export const openaiImageVariations: ProviderSide<"varyImage"> = {
  ...common,
  operation: "varyImage",
  sends: "form",
  path: () => "/images/variations",
};

function imagesOf(reply: WireReply, at: { readonly publicModel: string; readonly now: number }): ImageResponse {
  const body = reply.body !== null && typeof reply.body === "object" ? (reply.body as Record<string, unknown>) : {};
  return { ...body, ...tidyImages(body, at).set } as unknown as ImageResponse;
}
