/** Asks Gemini's image models by generateContent for new images and for changed ones. Source: ai.google.dev/gemini-api/docs/image-generation. */

import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { geminiError } from "../gemini/error.ts";
import { modelPath } from "../gemini/provider-side.ts";
import { usageOf } from "../gemini/usage.ts";
import type { GenerateReply } from "../gemini/wire.ts";
import { noGlance } from "../no-glance.ts";
import { imageRequest } from "./request.ts";
import { imageResponse, imagesIn } from "./response.ts";

const common = {
  dialect: "gemini-image",
  path: ({ model }: { model: string }) => `/${modelPath(model)}:generateContent`,
  patch: () => ({}),
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: geminiError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const geminiImage: ProviderSide<"image"> = {
  ...common,
  operation: "image",
  request: (context) => imageRequest(context, []),
  response: imageResponse,
};

export const geminiImageEdit: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image, mask }) => [...image, ...(mask ? [mask] : [])],
  request: (context) => imageRequest(context, [...context.asked.image, ...(context.asked.mask ? [context.asked.mask] : [])]),
  response: imageResponse,
};

/** What an image model puts out is its images, where Google does not say more. */
function usage(reply: WireReply): Usage | undefined {
  const body = reply.body as GenerateReply | undefined;
  const told = usageOf(body?.usageMetadata, body?.candidates, reply.headers);
  const images = imagesIn(body).length;
  if (images === 0) return told;
  const drawn = told?.imageOutTokens ?? (told?.outputTokens === undefined ? undefined : told.outputTokens - (told.reasoningTokens ?? 0));
  return { ...told, ...(drawn !== undefined && { imageOutTokens: drawn }), units: { images } };
}
