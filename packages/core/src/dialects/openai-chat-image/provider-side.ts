/** Asks chat models that draw for images, by OpenAI's chat with images among its modalities. Source: openrouter.ai/docs/features/multimodal/image-generation. */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import { objectIn, objectsIn, present, textIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { aspectRatio } from "../gemini-image/aspect-ratio.ts";
import { readFile } from "../gemini-image/request.ts";
import { imageMembers, imagesFrom } from "../made-images.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { translatedOnly } from "../translated-only.ts";

const common = {
  ...translatedOnly,
  dialect: "openai-chat-image",
  path: () => "/chat/completions",
  response,
  usage: usageOf,
  error: openaiError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const chatImage: ProviderSide<"image"> = { ...common, operation: "image", request: (context) => request(context, []) };

export const chatImageEdit: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image, mask }) => [...image, ...(mask ? [mask] : [])],
  request: (context) => request(context, [...context.asked.image, ...(context.asked.mask ? [context.asked.mask] : [])]),
};

const ratios = "1:1 2:3 3:2 3:4 4:3 4:5 5:4 9:16 16:9 21:9".split(" ");
const sizes: Readonly<Record<string, string>> = { low: "1K", standard: "1K", medium: "2K", high: "4K", hd: "4K" };

function request(context: TranslateContext<"image"> | TranslateContext<"editImage">, images: readonly FilePart[]): Record<string, unknown> {
  const { asked, model, files } = context;
  const { image_config: own, ...rest } = ownMembers(asked, imageMembers);
  const config = {
    ...present({ aspect_ratio: aspectRatio(asked.size, ratios), image_size: sizes[asked.quality ?? ""] }),
    ...objectIn(own),
  };
  const parts = images.map((file) => ({
    type: "image_url",
    image_url: { url: `data:${file.mediaType};base64,${readFile(file, files)}` },
  }));
  const prompt = asked.prompt ?? "";
  return {
    model,
    messages: [{ role: "user", content: parts.length > 0 ? [{ type: "text", text: prompt }, ...parts] : prompt }],
    modalities: ["image", "text"],
    ...(Object.keys(config).length > 0 && { image_config: config }),
    ...present({ n: asked.n }),
    ...rest,
  };
}

function imagesIn({ body }: WireReply): string[] {
  const choices = objectsIn(objectIn(body)["choices"]);
  const images = choices.flatMap(({ message }) => objectsIn(objectIn(message)["images"]));
  return images.flatMap(({ image_url: image }) => textIn(objectIn(image)["url"]) ?? []);
}

/** A model that only talked tells why it drew nothing. */
function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const images = imagesIn(reply);
  if (images.length > 0) return { ...imagesFrom(images, now), ...usageBody(usageOf(reply)) };
  const body = objectIn(reply.body);
  if (body["error"]) throw openaiError(reply);
  const said = textIn(objectIn(objectsIn(body["choices"])[0]?.["message"])["content"]);
  if (said) throw new GatewayError("bad_reply", `The model made no image. It said: ${said.slice(0, 300)}`);
  throw new GatewayError("bad_reply", "The model made no image. Check that it is one that draws, and api_base.");
}

function usageBody({ inputTokens, outputTokens }: Usage): Pick<ImageResponse, "usage"> {
  if (inputTokens === undefined || outputTokens === undefined) return {};
  return { usage: { input_tokens: inputTokens, output_tokens: outputTokens, total_tokens: inputTokens + outputTokens } };
}

function usageOf(reply: WireReply): Usage {
  const told = objectIn(objectIn(reply.body)["usage"]);
  const { prompt_tokens: input, completion_tokens: output, cost } = told;
  const drawn = objectIn(told["completion_tokens_details"])["image_tokens"];
  const images = imagesIn(reply).length;
  return {
    ...(typeof input === "number" && { inputTokens: input }),
    ...(typeof output === "number" && { outputTokens: output }),
    ...(typeof drawn === "number" && { imageOutTokens: drawn }),
    ...(typeof cost === "number" && { providerCost: cost }),
    ...(images > 0 && { units: { images } }),
  };
}
