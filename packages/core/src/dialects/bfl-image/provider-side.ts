/** Asks Black Forest Labs for images: a task is made, its result read once it is ready. Source: docs.bfl.ai. */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { imagesFrom, imageUsage } from "../made-images.ts";
import { openaiError } from "../openai-chat/error.ts";
import { translatedOnly } from "../translated-only.ts";
import { editBody, imageBody } from "./request.ts";

const common = {
  ...translatedOnly,
  dialect: "bfl-image",
  path: ({ model }: { model: string }) => `/v1/${model.split("/").map(encodeURIComponent).join("/")}`,
  response,
  usage: (reply: WireReply, asked?: Readonly<Record<string, unknown>>) => imageUsage(imagesIn(reply).length, asked),
  error: openaiError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const bflImage: ProviderSide<"image"> = { ...common, operation: "image", request: imageBody };

export const bflEdit: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image, mask }) => [...image, ...(mask ? [mask] : [])],
  request: editBody,
};

function imagesIn({ body }: WireReply): string[] {
  const result = objectIn(objectIn(body)["result"]);
  const samples: readonly unknown[] = Array.isArray(result["samples"]) ? result["samples"] : [result["sample"]];
  return samples.filter((each): each is string => typeof each === "string" && each !== "");
}

function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const images = imagesIn(reply);
  if (images.length > 0) return imagesFrom(images, now);
  const { status } = objectIn(reply.body);
  const told = textIn(status) ?? "";
  if (/moderated/i.test(told)) {
    throw new GatewayError("content_policy", `The provider made no image: ${told}. Change the prompt or the image.`);
  }
  if (told !== "" && told !== "Ready") throw new GatewayError("upstream_internal", `The provider made no image: ${told}. Try again.`);
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no image. Check api_base and the model's name.");
}
