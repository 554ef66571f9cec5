/** Asks Stability for images: a form out, base64 in JSON back. Source: platform.stability.ai/docs/api-reference (v2beta). */

import { GatewayError } from "../../errors.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { imageUsage } from "../made-images.ts";
import { openaiError } from "../openai-chat/error.ts";
import { translatedOnly } from "../translated-only.ts";
import { editForm, imageForm } from "./request.ts";
import { toolOf } from "./tools.ts";

/** Without it the image comes bare, and why there is none is not told. */
const headers = Object.freeze({ accept: "application/json" });

const common = {
  ...translatedOnly,
  dialect: "stability-image",
  sends: "form",
  path: ({ model }: { model: string }) => toolOf(model).path,
  headers: () => headers,
  response,
  usage: (reply: WireReply, asked?: Readonly<Record<string, unknown>>) => imageUsage(imageIn(reply) ? 1 : 0, asked),
  error: stabilityError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const stabilityImage: ProviderSide<"image"> = { ...common, operation: "image", request: imageForm };
export const stabilityEdit: ProviderSide<"editImage"> = { ...common, operation: "editImage", request: editForm };

/** Tools that take their time call the image `result`. */
function imageIn({ body }: WireReply): string | undefined {
  const told = objectIn(body);
  return textIn(told["image"]) ?? textIn(told["result"]);
}

function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const image = imageIn(reply);
  const reason = textIn(objectIn(reply.body)["finish_reason"]);
  if (reason === "CONTENT_FILTERED") {
    throw new GatewayError("content_policy", "The provider's filter holds the image back (CONTENT_FILTERED). Change the prompt.");
  }
  if (image) return { created: now, data: [{ b64_json: image }] };
  if (objectIn(reply.body)["errors"]) throw stabilityError(reply);
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no image. Check api_base and the model's name.");
}

/** `{id, name, errors: […]}`; a refused prompt is a 403 by the name of content_moderation. */
function stabilityError(reply: WireReply): GatewayError {
  const { errors, name } = objectIn(reply.body);
  if (!Array.isArray(errors)) return openaiError(reply);
  const code = textIn(name);
  const error = openaiError({ ...reply, body: { error: { message: errors.map(String).join(" "), code } } });
  return code === "content_moderation" ? new GatewayError("content_policy", error.message, { ...error.detail, status: 400 }) : error;
}
