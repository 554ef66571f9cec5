/** Content parts of a hub message as content blocks. */

import { GatewayError } from "../../errors.ts";
import type { ChatRequest, ContentPart } from "../../hub/chat.ts";
import type { CacheControl } from "../../hub/extensions.ts";
import type { FetchedFile } from "../dialect.ts";
import { isObject, objectIn, objectsIn, present, textIn } from "./json.ts";
import type { Block, JsonObject, Source, TextBlock } from "./wire.ts";

type Fetched = ReadonlyMap<string, FetchedFile>;

/** Blank texts are left out: the wire refuses them. */
export function blocksOf(content: string | ContentPart[] | null | undefined, fetched: Fetched): Block[] {
  if (typeof content === "string") return textBlocks(content);
  return objectsIn(content).flatMap((part) => blocksOfPart(part, fetched));
}

export function textBlocks(text: string, cacheControl?: CacheControl): TextBlock[] {
  if (text.trim() === "") return [];
  return [present<TextBlock>({ type: "text", text, cache_control: cacheControl })];
}

function blocksOfPart(part: JsonObject, fetched: Fetched): Block[] {
  const cache = cacheControlOf(part);
  switch (part["type"]) {
    case "text":
    case "input_text":
    case "output_text":
      return textBlocks(textIn(part["text"]) ?? "", cache);
    case "refusal":
      return textBlocks(textIn(part["refusal"]) ?? "", cache);
    case "image_url":
      return [mediaBlock(imageSource(part["image_url"], fetched), part)];
    case "file":
      return [mediaBlock(fileSource(objectIn(part["file"]), fetched), { ...objectIn(part["file"]), ...part })];
    case "input_audio":
    case "video_url":
      throw new GatewayError("bad_request", `This model takes no ${part["type"]} parts. Send text, images or documents.`, {
        param: "messages",
      });
    default:
      // A part in the wire's own shape: `image` with a source, `document`, `search_result`, `container_upload` …
      return [part as Block];
  }
}

export function cacheControlOf(holder: unknown): CacheControl | undefined {
  const told = objectIn(holder)["cache_control"];
  return isObject(told) ? (told as unknown as CacheControl) : undefined;
}

/** Where the bytes are, and what they are: that decides the kind of block. */
interface Found {
  readonly source: Source;
  readonly mediaType: string;
}

function mediaBlock({ source, mediaType }: Found, part: JsonObject): Block {
  const image = mediaType.startsWith("image/");
  const block = { type: image ? "image" : "document", source, cache_control: cacheControlOf(part) };
  if (image) return present(block) as Block;
  return present({ ...block, title: part["title"], context: part["context"], citations: part["citations"] }) as Block;
}

function imageSource(told: unknown, fetched: Fetched): Found {
  const url = typeof told === "string" ? told : textIn(objectIn(told)["url"]);
  if (!url) throw new GatewayError("bad_request", "An image_url part has no url. Give an address or a data: URL.", { param: "messages" });
  return sourceOf(url, textIn(objectIn(told)["format"]), "image/png", fetched);
}

function fileSource(file: JsonObject, fetched: Fetched): Found {
  const format = textIn(file["format"]) ?? typeOfName(textIn(file["filename"]));
  const data = textIn(file["file_data"]);
  const id = textIn(file["file_id"]);
  const fallback = format ?? "application/pdf";
  if (data) {
    if (isAddress(data) || data.startsWith("data:")) return sourceOf(data, format, fallback, fetched);
    return { source: { type: "base64", media_type: fallback, data }, mediaType: fallback };
  }
  if (!id) throw new GatewayError("bad_request", "A file part has neither file_data nor file_id. Give one of them.", { param: "messages" });
  if (isAddress(id) || id.startsWith("data:")) return sourceOf(id, format, fallback, fetched);
  return { source: { type: "file", file_id: id }, mediaType: fallback };
}

function sourceOf(url: string, format: string | undefined, fallback: string, fetched: Fetched): Found {
  if (url.startsWith("data:")) return sourceOfData(url, format, fallback);
  const file = fetched.get(url);
  if (file) {
    // Servers that do not know what they hand out call it octet-stream.
    const mediaType = named(format ?? (/^(image|text)\/|\/pdf$/.test(file.mediaType) ? file.mediaType : (typeOfName(url) ?? fallback)));
    return { source: inline(mediaType, file.base64), mediaType };
  }
  return { source: { type: "url", url }, mediaType: named(format ?? fallback) };
}

/** `format` goes before what a `data:` URL says of itself. */
function sourceOfData(url: string, format: string | undefined, fallback: string): Found {
  const comma = url.indexOf(",");
  const head = url.slice("data:".length, comma < 0 ? undefined : comma).split(";");
  const data = comma < 0 ? "" : url.slice(comma + 1);
  const encoded = head.includes("base64");
  const mediaType = named(format ?? (head[0] || fallback));
  const base64 = encoded ? data : Buffer.from(decoded(data)).toString("base64");
  return { source: inline(mediaType, base64), mediaType };
}

/** Texts travel as text, everything else as it is. */
function inline(mediaType: string, base64: string): Source {
  if (!mediaType.startsWith("text/")) return { type: "base64", media_type: mediaType, data: base64 };
  return { type: "text", media_type: "text/plain", data: Buffer.from(base64, "base64").toString("utf8") };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

function named(mediaType: string): string {
  const type = mediaType.includes("/") ? mediaType : (typeOfName(`.${mediaType}`) ?? mediaType);
  return type === "image/jpg" ? "image/jpeg" : type;
}

const typeOfEnding: Readonly<Record<string, string>> = {
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/plain",
  csv: "text/plain",
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
};

function typeOfName(name: string | undefined): string | undefined {
  return name === undefined ? undefined : typeOfEnding[name.slice(name.lastIndexOf(".") + 1).toLowerCase()];
}

function isAddress(text: string): boolean {
  return /^https?:\/\//i.test(text);
}

/** Every address of an image or a file in the request. */
export function addressesIn(asked: ChatRequest): string[] {
  const found = new Set<string>();
  for (const message of asked.messages) {
    for (const part of objectsIn(message.content)) {
      const image = part["image_url"];
      const file = objectIn(part["file"]);
      for (const each of [image, objectIn(image)["url"], file["file_data"], file["file_id"]]) {
        if (typeof each === "string" && isAddress(each)) found.add(each);
      }
    }
  }
  return [...found];
}
