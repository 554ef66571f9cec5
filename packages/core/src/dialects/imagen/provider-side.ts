/** Calls Imagen by predict for new images and for changed ones. Source: docs.cloud.google.com/vertex-ai/generative-ai/docs/model-reference/imagen-api. */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { isFields, listOf, textOf } from "../gemini/json.ts";
import { modelPath } from "../gemini/provider-side.ts";
import { noGlance } from "../no-glance.ts";
import { editRequest, imagenRequest } from "./request.ts";

const common = {
  dialect: "imagen",
  path: ({ model }: { model: string }) => `/${modelPath(model)}:predict`,
  patch: () => ({}),
  response,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (reply: WireReply) => ({ units: { images: imagesIn(reply).length } }),
  error: geminiError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const imagen: ProviderSide<"image"> = { ...common, operation: "image", request: imagenRequest };

export const imagenEdit: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image, mask }) => [...image, ...(mask ? [mask] : [])],
  request: editRequest,
};

function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const images = imagesIn(reply);
  if (images.length === 0) throw noImage(reply);
  return { created: now, data: images };
}

function imagesIn({ body }: WireReply): ImageResponse["data"] {
  return predictionsIn(body).flatMap((prediction) => {
    const image = textOf(prediction["bytesBase64Encoded"]);
    const address = textOf(prediction["gcsUri"]);
    const revised = textOf(prediction["prompt"]);
    if (!image && !address) return [];
    return [{ ...(image ? { b64_json: image } : { url: address }), ...(revised && { revised_prompt: revised }) }];
  });
}

/** Filtered images leave a reason behind, or nothing at all. */
function noImage(reply: WireReply): GatewayError {
  const { body } = reply;
  if (!isFields(body)) return new GatewayError("bad_reply", "The provider answered 200, but its body is no image reply. Check api_base.");
  if (body["error"]) return geminiError(reply);
  const reason = predictionsIn(body)
    .map((prediction) => textOf(prediction["raiFilteredReason"]))
    .find((each) => each);
  return new GatewayError("content_policy", reason ?? "The provider filtered all images for this prompt. Change the prompt.");
}

function predictionsIn(body: unknown): Record<string, unknown>[] {
  return isFields(body) ? listOf(body["predictions"]).filter(isFields) : [];
}
