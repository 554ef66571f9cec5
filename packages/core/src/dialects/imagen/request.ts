/** An image request in the hub's form → instances and parameters of predict. */

import { GatewayError } from "../../errors.ts";
import type { TranslateContext } from "../dialect.ts";
import { camelOf, type Fields, fieldsOf } from "../gemini/json.ts";
import { aspectRatio } from "../gemini-image/aspect-ratio.ts";
import { mustBeBase64, readFile } from "../gemini-image/request.ts";

type Context = TranslateContext<"image"> | TranslateContext<"editImage">;

const translated = new Set(
  (
    "model prompt image mask n size quality style response_format user metadata stream background moderation output_format output_compression " +
    "partial_images input_fidelity parameters"
  ).split(" "),
);
const ratios = ["1:1", "9:16", "16:9", "4:3", "3:4"];

export function imagenRequest(context: Context): Fields {
  mustBeBase64(context);
  const { prompt } = context.asked;
  return { instances: [{ prompt }], parameters: parametersOf(context) };
}

/**
 * The first image is the one to change, others are looked at, too. A mask stands for itself: Imagen changes what is white in it,
 * where OpenAI's models change what is transparent.
 */
export function editRequest(context: TranslateContext<"editImage">): Fields {
  mustBeBase64(context);
  const { asked, files } = context;
  if (asked.image.length === 0)
    throw new GatewayError("bad_request", "There is no image to change. Send one as image.", { param: "image" });
  const images: Fields[] = asked.image.map((file, at) => ({
    referenceType: "REFERENCE_TYPE_RAW",
    referenceId: at + 1,
    referenceImage: { bytesBase64Encoded: readFile(file, files) },
  }));
  if (asked.mask) {
    images.push({
      referenceType: "REFERENCE_TYPE_MASK",
      referenceId: images.length + 1,
      referenceImage: { bytesBase64Encoded: readFile(asked.mask, files) },
      maskImageConfig: { maskMode: "MASK_MODE_USER_PROVIDED" },
    });
  }
  const editMode = asked.mask ? "EDIT_MODE_INPAINT_INSERTION" : "EDIT_MODE_DEFAULT";
  return { instances: [{ prompt: asked.prompt ?? "", referenceImages: images }], parameters: { editMode, ...parametersOf(context) } };
}

/** One image unless more are asked for: Imagen alone would make four. */
function parametersOf({ asked }: Context): Fields {
  const ratio = aspectRatio(asked.size, ratios);
  const output = outputOptions(asked);
  const own = Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined);
  return {
    sampleCount: asked.n ?? 1,
    ...(ratio && { aspectRatio: ratio }),
    ...(output && { outputOptions: output }),
    ...Object.fromEntries(own.map(([name, value]) => [camelOf(name), value])),
    ...fieldsOf(asked["parameters"]),
  };
}

function outputOptions(asked: Readonly<Fields>): Fields | undefined {
  const format = asked["output_format"];
  if (format !== "png" && format !== "jpeg") return undefined;
  const quality = asked["output_compression"];
  return { mimeType: `image/${format}`, ...(format === "jpeg" && typeof quality === "number" && { compressionQuality: quality }) };
}
