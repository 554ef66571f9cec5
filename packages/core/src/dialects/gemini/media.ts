/** Where images, sounds, videos and files stand, and how Google is to get at them: inline, by address, or downloaded first. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ChatRequest, ContentPart } from "../../hub/chat.ts";
import type { FetchedFile } from "../dialect.ts";
import { type Fields, fieldsOf, textOf } from "./json.ts";
import type { WirePart } from "./wire.ts";

/** What a content part names, before anybody looks at it. */
export interface Media {
  /** `data:` URL, address, bare base64, or a provider's id. */
  readonly source: string;
  /** `image/png`, or just `png`. */
  readonly format?: string;
  readonly filename?: string;
  readonly detail?: string;
  readonly video?: Fields;
}

const byExtension: Readonly<Record<string, string>> = {
  png: "image/png",
  jpg: "image/jpeg",
  jpeg: "image/jpeg",
  gif: "image/gif",
  webp: "image/webp",
  heic: "image/heic",
  heif: "image/heif",
  bmp: "image/bmp",
  avif: "image/avif",
  svg: "image/svg+xml",
  wav: "audio/wav",
  mp3: "audio/mp3",
  flac: "audio/flac",
  ogg: "audio/ogg",
  opus: "audio/opus",
  aac: "audio/aac",
  aiff: "audio/aiff",
  m4a: "audio/m4a",
  mp4: "video/mp4",
  mov: "video/mov",
  mpeg: "video/mpeg",
  mpg: "video/mpg",
  avi: "video/avi",
  webm: "video/webm",
  wmv: "video/wmv",
  flv: "video/x-flv",
  "3gp": "video/3gpp",
  pdf: "application/pdf",
  txt: "text/plain",
  md: "text/md",
  csv: "text/csv",
  html: "text/html",
  htm: "text/html",
  css: "text/css",
  xml: "text/xml",
  json: "application/json",
  rtf: "text/rtf",
  py: "text/x-python",
  js: "text/javascript",
};

const filesOfGoogle = /^https:\/\/generativelanguage\.googleapis\.com\/.*files\//;
const youtube = /^https?:\/\/((www|m)\.)?(youtube\.com\/(watch|shorts|live|embed)|youtu\.be\/)/;
const dataUrl = /^data:([^;,]*)((?:;[^;,]*)*?)(;base64)?,/;

/** The media that a content part names; undefined for texts. */
export function mediaOf(part: ContentPart): Media | undefined {
  const fields = fieldsOf(part);
  const type = fields["type"];
  const video = isPresent(fields["video_metadata"]) ? fieldsOf(fields["video_metadata"]) : undefined;
  if (type === "image_url" || type === "video_url") return { video, ...pointed(fields[type]) };
  if (type === "input_audio") {
    const audio = fieldsOf(fields["input_audio"]);
    const format = textOf(audio["format"]) ?? "wav";
    return { source: textOf(audio["data"]) ?? "", format: format.includes("/") ? format : `audio/${format}` };
  }
  if (type === "file") {
    const file = fieldsOf(fields["file"]);
    const source = textOf(file["file_data"]) ?? textOf(file["file_id"]) ?? textOf(file["file_url"]) ?? "";
    const about = isPresent(file["video_metadata"]) ? fieldsOf(file["video_metadata"]) : video;
    return { source, format: textOf(file["format"]), filename: textOf(file["filename"]), detail: textOf(file["detail"]), video: about };
  }
  return type === "document" || type === "image" ? ofSource(fieldsOf(fields["source"])) : undefined;
}

function isPresent(value: unknown): boolean {
  return value !== null && value !== undefined;
}

function pointed(value: unknown): Media {
  if (typeof value === "string") return { source: value };
  const { url, format, detail } = fieldsOf(value);
  return { source: textOf(url) ?? "", format: textOf(format), detail: textOf(detail) };
}

/** Anthropic's `source`, which clients of the hub's form send, too. */
function ofSource(source: Fields): Media | undefined {
  if (source["type"] === "url") return { source: textOf(source["url"]) ?? "" };
  if (source["type"] === "base64") return { source: textOf(source["data"]) ?? "", format: textOf(source["media_type"]) };
  return undefined;
}

/** Addresses that only a download makes readable: the media type is not known, or Google does not go there. */
export function addressesToFetch(asked: ChatRequest): string[] {
  return asked.messages
    .flatMap((message) => mediaIn(message.content))
    .filter(mustBeFetched)
    .map(({ source }) => source);
}

/** All media of a message's content. */
export function mediaIn(content: ChatMessage["content"]): Media[] {
  return Array.isArray(content) ? content.map(mediaOf).filter((media) => media !== undefined) : [];
}

function mustBeFetched(media: Media): boolean {
  const { source } = media;
  if (!/^https?:\/\//i.test(source)) return false;
  if (youtube.test(source) || filesOfGoogle.test(source)) return false;
  return !source.startsWith("https://") || mediaType(media) === undefined;
}

export function mediaPart(media: Media, fetched: ReadonlyMap<string, FetchedFile>): WirePart {
  const { source } = media;
  if (!source)
    throw new GatewayError("bad_request", "A content part names no file. Give it an address or a data: URL.", { param: "messages" });
  const inline = dataUrl.exec(source);
  if (inline) return inlined(media, inline);
  const mimeType = mediaType(media);
  if (mustBeFetched(media)) {
    const file = fetched.get(source);
    if (!file) throw new GatewayError("image_fetch", `The file at ${source} was not fetched. Send it as a data: URL instead.`);
    return { inlineData: { mimeType: mimeType ?? file.mediaType, data: file.base64 } };
  }
  if (youtube.test(source)) return { fileData: { mimeType: mimeType ?? "video/mp4", fileUri: source } };
  if (isPlace(source)) return { fileData: { ...(mimeType && { mimeType }), fileUri: source } };
  return { inlineData: { mimeType: mimeType ?? "application/octet-stream", data: source } };
}

function inlined(media: Media, [head, type, , base64]: RegExpExecArray): WirePart {
  const rest = media.source.slice(head.length);
  const data = base64 ? rest : Buffer.from(decodeURIComponent(rest)).toString("base64");
  return { inlineData: { mimeType: media.format?.includes("/") ? media.format : type || mediaType(media) || "text/plain", data } };
}

/** An address or a provider's id, as opposed to the bytes themselves. */
function isPlace(source: string): boolean {
  return /^[a-z][a-z0-9+.-]*:\/\//i.test(source) || /^files\/[\w-]+$/.test(source);
}

function mediaType({ source, format, filename }: Media): string | undefined {
  if (format?.includes("/")) return format;
  if (format && byExtension[format.toLowerCase()]) return byExtension[format.toLowerCase()];
  return (filename && ofName(filename)) || (isPlace(source) ? ofName(source.replace(/[?#].*$/, "")) : undefined);
}

function ofName(name: string): string | undefined {
  const extension = /\.([a-z0-9]+)$/i.exec(name)?.[1]?.toLowerCase();
  return extension === undefined ? undefined : byExtension[extension];
}
