/** Asks Runway for images: a task is made, and its result lies at addresses. Source: docs.dev.runwayml.com/api (text_to_image). */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import type { ImageResponse } from "../../hub/image.ts";
import type { Operation } from "../../hub/operations.ts";
import type { WireReply } from "../../transport/transport.ts";
import { objectIn } from "../anthropic-messages/json.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { readFile } from "../gemini-image/request.ts";
import { imageMembers, imagesFrom, imageUsage, oneImage, pixelsOf } from "../made-images.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ownMembers } from "../own-members.ts";
import { translatedOnly } from "../translated-only.ts";
import { taskFailure } from "./task.ts";

const common = {
  ...translatedOnly,
  dialect: "runway-image",
  path: () => "/text_to_image",
  response,
  usage: (reply: WireReply, asked?: Readonly<Record<string, unknown>>) => imageUsage(imagesIn(reply).length, asked),
  error: openaiError,
} as const satisfies Partial<ProviderSide<Operation>>;

export const runwayImage: ProviderSide<"image"> = { ...common, operation: "image", request: (context) => request(context, []) };

/** Images to change are references that the prompt speaks of. */
export const runwayEdit: ProviderSide<"editImage"> = {
  ...common,
  operation: "editImage",
  reads: ({ image }) => image,
  request: (context) => request(context, context.asked.image),
};

/** The first is what is made when nobody says. */
const ratios = [
  ..."1920:1080 1080:1920 1024:1024 1360:768 1080:1080 1168:880 1440:1080 1080:1440 1808:768 2112:912 1280:720".split(" "),
  ..."720:1280 720:720 960:720 720:960 1680:720".split(" "),
];

function request(context: TranslateContext<"image"> | TranslateContext<"editImage">, images: readonly FilePart[]): Record<string, unknown> {
  const { asked, model, files, dropParams } = context;
  oneImage(asked.n, dropParams);
  const uris = images.map((file) => ({ uri: `data:${file.mediaType};base64,${readFile(file, files)}` }));
  return {
    model,
    promptText: asked.prompt ?? "",
    ratio: ratioOf(asked.size),
    ...(uris.length > 0 && { referenceImages: uris }),
    ...ownMembers(asked, imageMembers),
  };
}

/** Only certain sizes are made: the one of the same shape, or the nearest. */
function ratioOf(size: string | null | undefined): string {
  if (size && /^\d+:\d+$/.test(size)) return size;
  const pixels = pixelsOf(size);
  if (!pixels) return ratios[0] ?? "";
  const exact = `${pixels.width}:${pixels.height}`;
  if (ratios.includes(exact)) return exact;
  const distance = (ratio: string): number => {
    const [width = 1, height = 1] = ratio.split(":").map(Number);
    return Math.abs(Math.log(width / height) - Math.log(pixels.width / pixels.height));
  };
  return ratios.reduce((best, each) => (distance(each) < distance(best) ? each : best));
}

function imagesIn({ body }: WireReply): string[] {
  const { output } = objectIn(body);
  return Array.isArray(output) ? output.filter((each): each is string => typeof each === "string") : [];
}

function response(reply: WireReply, { now }: Pick<TranslateContext<"image">, "now">): ImageResponse {
  const images = imagesIn(reply);
  if (images.length > 0) return imagesFrom(images, now);
  throw (
    taskFailure(reply.body) ?? new GatewayError("bad_reply", "The provider's task is done, but holds no image. Check the model's name.")
  );
}
