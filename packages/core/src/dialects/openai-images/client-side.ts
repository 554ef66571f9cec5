/** A client calls us in OpenAI's images. */

import type { FilePart } from "../../hub/file-part.ts";
import type { ImageEditRequest, ImageRequest } from "../../hub/image.ts";
import type { ClientSide, FormField, Inbound } from "../dialect.ts";
import { missing, modelOf, streamOf, wrong } from "../openai-chat/client-side.ts";
import { openaiErrorReply } from "../openai-chat/error-body.ts";
import { streamError } from "../openai-chat/stream.ts";
import { missingFile } from "../openai-transcriptions/missing-file.ts";
import { imagesOfJson, maskOfJson } from "./json-files.ts";

const common = {
  dialect: "openai-images",
  framing: "sse",
  error: openaiErrorReply,
  streamError,
  response: (hub: object) => ({ status: 200, headers: { "content-type": "application/json" }, body: JSON.stringify(hub) }),
} as const;

const formFields: Readonly<Record<string, FormField>> = {
  n: "number",
  output_compression: "number",
  partial_images: "number",
  stream: "boolean",
};

export const openaiImagesClient: ClientSide<"image"> = {
  ...common,
  operation: "image",
  ask: (at) => {
    const model = modelOf(at);
    promptOf(at);
    return { model, stream: streamOf(at), wantsUsage: true };
  },
  request: (at) => ({ ...at.body.json, model: modelOf(at) }) as ImageRequest,
};

export const openaiImageEditsClient: ClientSide<"editImage"> = {
  ...common,
  operation: "editImage",
  takes: "either",
  formFields,
  ask: (at) => {
    const model = modelOf(at);
    promptOf(at);
    imageIn(at);
    return { model, stream: streamOf(at), wantsUsage: true };
  },
  request: editOf,
};

export const openaiImageVariationsClient: ClientSide<"varyImage"> = {
  ...common,
  operation: "varyImage",
  takes: "either",
  formFields,
  ask: (at) => {
    const model = modelOf(at);
    imageIn(at);
    return { model, stream: false, wantsUsage: true };
  },
  request: editOf,
};

function promptOf(at: Inbound): void {
  const prompt = at.body.shape("prompt");
  if (prompt === "missing") throw missing("prompt");
  if (prompt !== "text" && prompt !== "empty text") throw wrong("prompt", "a text");
}

function imageIn({ body, files }: Inbound): void {
  if (files) {
    if (!files.get("image")?.length) throw missingFile("image", body.has("image"), files);
  } else if (body.shape("image") === "missing" && body.shape("images") === "missing") throw missing("image");
}

function editOf(at: Inbound): ImageEditRequest {
  const { body, files } = at;
  if (!files) {
    const { image, images, mask, ...rest } = body.json;
    const file = maskOfJson(mask);
    return { ...rest, model: modelOf(at), image: imagesOfJson(images ?? image), ...(file && { mask: file }) };
  }
  const others: Record<string, FilePart | readonly FilePart[]> = {};
  for (const [name, parts] of files) if (name !== "image") others[name] = parts.length === 1 && parts[0] ? parts[0] : parts;
  return { ...body.json, ...others, model: modelOf(at), image: files.get("image") ?? [] };
}
