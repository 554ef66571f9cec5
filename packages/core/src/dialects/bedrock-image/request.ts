/** Hub image requests as the body of the model's family. */

import { GatewayError } from "../../errors.ts";
import type { FilePart } from "../../hub/file-part.ts";
import { present } from "../anthropic-messages/json.ts";
import type { TranslateContext } from "../dialect.ts";

type JsonObject = Record<string, unknown>;

const translated = new Set("model prompt image mask n size quality style response_format user metadata stream extra_headers".split(" "));

function ownFields(asked: Readonly<Record<string, unknown>>): JsonObject {
  return Object.fromEntries(
    Object.entries(asked).filter(([name, value]) => !translated.has(name) && value !== null && value !== undefined),
  );
}

export type ImageFamily = "canvas" | "xl" | "stable";

/** Titan and Nova Canvas share one body. */
export function imageFamilyOf({ model, facts, settings }: Pick<TranslateContext<"image">, "model" | "facts" | "settings">): ImageFamily {
  const base = facts["base_model"] ?? settings["base_model"];
  const name = typeof base === "string" && base !== "" ? base : model;
  if (/diffusion-xl/.test(name)) return "xl";
  return /stability|stable-|sd3/.test(name) ? "stable" : "canvas";
}

export function imageRequest(context: TranslateContext<"image">): JsonObject {
  const { asked } = context;
  switch (imageFamilyOf(context)) {
    case "canvas":
      return canvasBody(asked, { taskType: "TEXT_IMAGE" }, "textToImageParams", { text: asked.prompt });
    case "xl":
      return {
        text_prompts: [{ text: asked.prompt, weight: 1 }],
        ...sizeOf(asked.size),
        ...(asked.n && asked.n > 1 && { samples: asked.n }),
        ...ownFields(asked),
      };
    default:
      oneOnly(asked.n);
      return { prompt: asked.prompt, ...ratioOf(asked.size), ...ownFields(asked) };
  }
}

/** Source: docs.aws.amazon.com/nova/latest/userguide/image-gen-req-resp-structure.html and model-parameters-stability.html of Bedrock's guide. */
export function imageEditRequest(context: TranslateContext<"editImage">): JsonObject {
  const { asked } = context;
  const [image] = asked.image.map((file) => base64Of(file, context));
  const mask = asked.mask && base64Of(asked.mask, context);
  if (imageFamilyOf(context) !== "canvas") {
    oneOnly(asked.n);
    return { ...present({ prompt: asked.prompt, image, mask }), ...ratioOf(asked.size), ...ownFields(asked) };
  }
  const { maskPrompt, ...rest } = asked;
  if (mask !== undefined || typeof maskPrompt === "string") {
    return canvasBody(
      rest,
      { taskType: "INPAINTING" },
      "inPaintingParams",
      present({ text: asked.prompt, image, maskImage: mask, maskPrompt }),
    );
  }
  const images = asked.image.map((file) => base64Of(file, context));
  return canvasBody(rest, { taskType: "IMAGE_VARIATION" }, "imageVariationParams", present({ text: asked.prompt, images }));
}

interface Sized {
  readonly n?: number | null;
  readonly size?: string | null;
  readonly quality?: string | null;
  readonly [name: string]: unknown;
}

/** What the client writes in the wire's own members is kept; loose numbers (`cfgScale`, `seed`) belong to the configuration. */
function canvasBody(asked: Sized, task: JsonObject, place: string, params: JsonObject): JsonObject {
  const { negativeText, imageGenerationConfig, taskType, ...loose } = ownFields(asked);
  const inner = Object.fromEntries(Object.entries(loose).filter(([name]) => !name.endsWith("Params")));
  const outer = Object.fromEntries(Object.entries(loose).filter(([name]) => name.endsWith("Params")));
  const config = {
    ...present({ numberOfImages: asked.n, quality: canvasQuality(asked.quality) }),
    ...sizeOf(asked.size),
    ...inner,
    ...(imageGenerationConfig as JsonObject | undefined),
  };
  return {
    ...task,
    ...(taskType !== undefined && { taskType }),
    [place]: { ...params, ...(negativeText !== undefined && { negativeText }) },
    ...outer,
    ...(Object.keys(config).length > 0 && { imageGenerationConfig: config }),
  };
}

function canvasQuality(told: string | null | undefined): string | undefined {
  if (!told || told === "auto") return undefined;
  return told === "hd" || told === "high" || told === "premium" ? "premium" : "standard";
}

/** Undefined members where the size is left to the model. */
function sizeOf(size: string | null | undefined): { width?: number; height?: number } {
  const [, width, height] = /^(\d+)x(\d+)$/.exec(size ?? "") ?? [];
  return width && height ? { width: Number(width), height: Number(height) } : {};
}

const ratios = ["16:9", "1:1", "21:9", "2:3", "3:2", "4:5", "5:4", "9:16", "9:21"];

/** The nearest of the shapes that Stable Image knows. */
function ratioOf(size: string | null | undefined): { aspect_ratio?: string } {
  const { width, height } = sizeOf(size);
  if (!width || !height) return size && /^\d+:\d+$/.test(size) ? { aspect_ratio: size } : {};
  const distance = (ratio: string): number => {
    const [across = 1, down = 1] = ratio.split(":").map(Number);
    return Math.abs(Math.log(across / down) - Math.log(width / height));
  };
  return { aspect_ratio: ratios.reduce((best, each) => (distance(each) < distance(best) ? each : best)) };
}

function oneOnly(n: number | null | undefined): void {
  if (n && n > 1)
    throw new GatewayError("unsupported_params", "This model makes one image a call. Leave n out, or ask several times.", { param: "n" });
}

function base64Of(file: FilePart, { files }: TranslateContext<"editImage">): string {
  const base64 = files?.get(file);
  if (base64 === undefined) throw new GatewayError("internal", `The file ${file.filename} was not read.`);
  return base64;
}
