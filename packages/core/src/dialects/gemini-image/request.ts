/** An image request in the hub's form → the body of generateContent. */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import type { TranslateContext } from "../dialect.ts";
import { camelOf, type Fields, fieldsOf } from "../gemini/json.ts";
import { isGemini3 } from "../gemini/model-version.ts";
import type { GenerateRequest, WirePart } from "../gemini/wire.ts";
import { aspectRatio } from "./aspect-ratio.ts";

type Context = TranslateContext<"image"> | TranslateContext<"editImage">;

const translated = new Set(
  (
    "model prompt image mask n size quality style response_format user metadata stream background moderation output_format output_compression " +
    "partial_images input_fidelity generationConfig generation_config imageConfig image_config"
  ).split(" "),
);
const ratios = ["1:1", "2:3", "3:2", "3:4", "4:3", "4:5", "5:4", "9:16", "16:9", "21:9"];
/** Only newer models draw in more than one size. */
const sizes: Readonly<Record<string, string>> = {
  low: "1K",
  standard: "1K",
  medium: "2K",
  high: "4K",
  hd: "4K",
  "1K": "1K",
  "2K": "2K",
  "4K": "4K",
};
const inConfig = new Set("seed temperature topP topK responseModalities thinkingConfig mediaResolution".split(" "));

export function imageRequest(context: Context, files: readonly FilePart[]): GenerateRequest {
  const { asked } = context;
  mustBeBase64(context);
  const own = ownMembers(asked);
  const image = { ...imageConfig(context), ...fieldsOf(asked["image_config"]), ...fieldsOf(asked["imageConfig"]) };
  return {
    contents: [
      { role: "user", parts: [...(asked.prompt ? [{ text: asked.prompt }] : []), ...files.map((file) => filePart(file, context))] },
    ],
    generationConfig: {
      responseModalities: ["TEXT", "IMAGE"],
      ...(typeof asked.n === "number" && asked.n > 1 && { candidateCount: asked.n }),
      ...(Object.keys(image).length > 0 && { imageConfig: image }),
      ...fieldsOf(asked["generation_config"]),
      ...fieldsOf(asked["generationConfig"]),
      ...own.config,
    },
    ...own.top,
  };
}

function imageConfig({ asked, model }: Context): Fields {
  const ratio = aspectRatio(asked.size, ratios);
  const size = isGemini3(model) ? sizes[asked.quality ?? ""] : undefined;
  return { ...(ratio && { aspectRatio: ratio }), ...(size && { imageSize: size }) };
}

/** Google hands out images in the reply, never by address. */
export function mustBeBase64({ asked, dropParams }: Context): void {
  if (asked.response_format !== "url" || dropParams) return;
  throw new GatewayError(
    "unsupported_params",
    "This model answers with the image itself, not with its address. Set response_format to b64_json, or set drop_params: true.",
    { param: "response_format" },
  );
}

function filePart(file: FilePart, { files }: Context): WirePart {
  return { inlineData: { mimeType: file.mediaType, data: readFile(file, files) } };
}

export function readFile(file: FilePart, files: Context["files"]): string {
  const content = files?.get(file);
  if (content === undefined) throw new GatewayError("internal", `The file ${file.filename} was not read before it was translated.`);
  return content;
}

function ownMembers(asked: Readonly<Fields>): { config: Fields; top: Fields } {
  const config: Fields = {};
  const top: Fields = {};
  for (const [name, value] of Object.entries(asked)) {
    if (translated.has(name) || value === null || value === undefined) continue;
    const camel = camelOf(name);
    (inConfig.has(camel) ? config : top)[camel] = value;
  }
  return { config, top };
}
