/** Images of a request in JSON as files: `data:` URLs and plain base64; addresses travel only to who takes them as JSON. */

import { Buffer } from "node:buffer";
import type { GatewayError } from "../../errors.ts";
import { type FilePart, fileOf, fileOfDataUrl } from "../../hub/file-part.ts";
import { wrong } from "../openai-chat/client-side.ts";

/** Throws bad_request for what is no image. */
export function imagesOfJson(given: unknown): readonly FilePart[] {
  const list: readonly unknown[] = Array.isArray(given) ? given : [given];
  if (list.length === 0) throw wrong("image", "a list with at least one image");
  return list.map((each, at) => fileIn(each, at === 0 ? "image" : `image-${at + 1}`, "image"));
}

export function maskOfJson(given: unknown): FilePart | undefined {
  return given === undefined || given === null ? undefined : fileIn(given, "mask", "mask");
}

/** `image` may stand as a text or as OpenAI's `{image_url}`. */
function fileIn(given: unknown, name: string, param: string): FilePart {
  const text = typeof given === "string" ? given : urlIn(given);
  if (text === "" || (text === undefined && !isRecord(given))) throw noImage(param);
  if (text === undefined) return elsewhere(name, param);
  return fileOfDataUrl(text, name) ?? fileOfBase64(text, name) ?? elsewhere(name, param);
}

function urlIn(given: unknown): string | undefined {
  if (!isRecord(given)) return undefined;
  const { image_url: url, b64_json: base64 } = given;
  const text = base64 ?? (isRecord(url) ? url["url"] : url);
  return typeof text === "string" ? text : undefined;
}

function fileOfBase64(text: string, name: string): FilePart | undefined {
  if (!/^[A-Za-z0-9+/]{16,}={0,2}\s*$/.test(text)) return undefined;
  return fileOf(Buffer.from(text, "base64"), `${name}.png`, "image/png");
}

/** An image that is named by its address or id: who travels on as JSON never looks at it, and whoever does is told. */
function elsewhere(filename: string, param: string): FilePart {
  const refuse = (): never => {
    throw noImage(param);
  };
  return {
    filename,
    mediaType: "application/octet-stream",
    get size() {
      return refuse();
    },
    bytes: async () => refuse(),
    open: refuse,
  };
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return value !== null && typeof value === "object" && !Array.isArray(value);
}

function noImage(param: string): GatewayError {
  return wrong(param, "a data: URL with base64, or a file of a multipart form; addresses are not fetched for this model");
}
