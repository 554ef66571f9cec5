/** Asks fal's models for images, waiting for the reply. Source: docs.fal.ai/model-apis/model-endpoints/synchronous-requests. */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { imagesFrom, imageUsage } from "../made-images.ts";
import { openaiError } from "../openai-chat/error.ts";
import { translatedOnly } from "../translated-only.ts";
import { editInput, imageInput } from "./request.ts";

const common = {
  ...translatedOnly,
  dialect: "fal-image",
  path: ({ model }: { model: string }) => `/${model.split("/").map(encodeURIComponent).join("/")}`,
  response,
  usage: (reply: WireReply, asked?: Readonly<Record<string, unknown>>) => imageUsage(imagesIn(reply).length, asked),
  error: falError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const falImage: ProviderSide<"image"> = { ...common, operation: "image", request: imageInput };

export const falEdit: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image, mask }) => [...image, ...(mask ? [mask] : [])],
  request: editInput,
};

/** Models that make one image call it `image`. */
function imagesIn({ body }: WireReply): string[] {
  const told = objectIn(body);
  const images = [...objectsIn(told["images"]), ...objectsIn([told["image"]])];
  return images.flatMap(({ url }) => (typeof url === "string" ? [url] : []));
}

function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const images = imagesIn(reply);
  if (images.length > 0) return imagesFrom(images, now);
  if (objectIn(reply.body)["detail"]) throw falError(reply);
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no images. Check api_base and the model's name.");
}

/** `{detail: "…"}`, or a list that says of which field what is wrong. Source: docs.fal.ai/errors. */
function falError(reply: WireReply): GatewayError {
  const [first] = objectsIn(objectIn(reply.body)["detail"]);
  if (!first) return openaiError(reply);
  const place = Array.isArray(first["loc"]) ? first["loc"].filter((each) => each !== "body").join(".") : "";
  const message = textIn(first["msg"]) ?? "The provider refused the request.";
  return openaiError({ ...reply, body: { error: { message, type: first["type"], ...(place && { param: place }) } } });
}
