/** How we ask Bedrock's image models for new images and for changed ones, over InvokeModel. */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import { awsError } from "../aws-error.ts";
import { modelPath } from "../aws-path.ts";
import type { ProviderSide, Settings, TranslateContext } from "../dialect.ts";
import { translatedOnly } from "../translated-only.ts";
import { imageEditRequest, imageRequest } from "./request.ts";

const common = {
  ...translatedOnly,
  dialect: "bedrock-image",
  path: ({ model, settings }: { model: string; settings: Settings }) => `${modelPath(model, settings)}/invoke`,
  response,
  usage,
  error: awsError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const bedrockImage: ProviderSide<"image"> = { ...common, operation: "image", request: imageRequest };

export const bedrockEditImage: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image, mask }) => [...image, ...(mask ? [mask] : [])],
  request: imageEditRequest,
};

function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const images = imagesIn(reply);
  if (images.length === 0) throw noImages(reply);
  return { created: now, data: images.map((b64_json) => ({ b64_json })) };
}

/** Stable Diffusion XL keeps them apart from the others. */
function imagesIn({ body }: WireReply): string[] {
  const told = objectIn(body);
  const artifacts = objectsIn(told["artifacts"]).map((artifact) => textIn(artifact["base64"]));
  const images: readonly unknown[] = Array.isArray(told["images"]) ? told["images"] : artifacts;
  return images.filter((each): each is string => typeof each === "string" && each !== "");
}

function usage(reply: WireReply): Usage | undefined {
  const images = imagesIn(reply).length;
  return images > 0 ? { units: { images } } : undefined;
}

/** Without an image the reply says why: the prompt or what was made of it was refused. */
function noImages(reply: WireReply): GatewayError {
  const body = objectIn(reply.body);
  const reasons: readonly unknown[] = Array.isArray(body["finish_reasons"]) ? body["finish_reasons"] : [];
  const told = textIn(body["error"]) ?? reasons.map(textIn).find((each) => each);
  if (told) return new GatewayError("content_policy", `The provider made no image: ${told}`, { upstreamStatus: reply.status });
  return new GatewayError("bad_reply", "The provider answered 200, but its body holds no images. Check api_base and the model's name.");
}
