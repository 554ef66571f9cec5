/** Images, documents, videos and sounds as blocks: by format, with their bytes or their place in S3. */

import { GatewayError } from "../../errors.ts";
import { textIn } from "../anthropic-messages/json.ts";
import type { PartContext } from "./part-context.ts";
import type { Block, JsonObject, MediaSource } from "./wire.ts";

type Kind = "image" | "document" | "video" | "audio";

/** Media type or file ending → kind of block and its format. Source: the `format` lists of ImageBlock, DocumentBlock and VideoBlock. */
const formats: Readonly<Record<string, readonly [Kind, string]>> = {
  png: ["image", "png"],
  jpeg: ["image", "jpeg"],
  jpg: ["image", "jpeg"],
  gif: ["image", "gif"],
  webp: ["image", "webp"],
  pdf: ["document", "pdf"],
  csv: ["document", "csv"],
  doc: ["document", "doc"],
  msword: ["document", "doc"],
  docx: ["document", "docx"],
  "vnd.openxmlformats-officedocument.wordprocessingml.document": ["document", "docx"],
  xls: ["document", "xls"],
  "vnd.ms-excel": ["document", "xls"],
  xlsx: ["document", "xlsx"],
  "vnd.openxmlformats-officedocument.spreadsheetml.sheet": ["document", "xlsx"],
  html: ["document", "html"],
  txt: ["document", "txt"],
  plain: ["document", "txt"],
  md: ["document", "md"],
  markdown: ["document", "md"],
  "x-markdown": ["document", "md"],
  mp4: ["video", "mp4"],
  mkv: ["video", "mkv"],
  "x-matroska": ["video", "mkv"],
  mov: ["video", "mov"],
  quicktime: ["video", "mov"],
  webm: ["video", "webm"],
  flv: ["video", "flv"],
  "x-flv": ["video", "flv"],
  mpeg: ["video", "mpeg"],
  mpg: ["video", "mpg"],
  wmv: ["video", "wmv"],
  "x-ms-wmv": ["video", "wmv"],
  "3gp": ["video", "three_gp"],
  "3gpp": ["video", "three_gp"],
};

export interface Media {
  readonly url: string;
  /** What the client says that it is: a media type or an ending. */
  readonly format?: string;
  readonly filename?: string;
  /** Where nothing else tells. */
  readonly fallback: string;
}

export function mediaBlock(media: Media, context: PartContext): Block {
  const { source, mediaType } = sourceOf(media, context);
  const told = [media.format, mediaType, media.filename, media.url.startsWith("data:") ? undefined : media.url, media.fallback];
  const found = told.map(formatOf).find((each) => each !== undefined);
  if (!found || unknownType(media.format ?? mediaType)) throw unknown(media.format ?? mediaType ?? "");
  const [kind, format] = found;
  if (kind === "document") return { document: { format, name: context.documentName(media.filename), source } };
  return { [kind]: { format, source } };
}

export function audioBlock(audio: JsonObject): Block {
  const data = textIn(audio["data"]);
  if (!data) throw new GatewayError("bad_request", "An input_audio part has no data. Give the sound in base64.", { param: "messages" });
  return { audio: { format: textIn(audio["format"]) ?? "wav", source: { bytes: data.replace(/^data:[^,]*,/, "") } } };
}

function sourceOf({ url }: Media, { fetched }: PartContext): { source: MediaSource; mediaType?: string } {
  if (url.startsWith("s3://")) return { source: { s3Location: { uri: url } } };
  const file = fetched.get(url);
  if (file) return { source: { bytes: file.base64 }, mediaType: /octet-stream/.test(file.mediaType) ? undefined : file.mediaType };
  if (!url.startsWith("data:")) {
    throw new GatewayError("bad_request", "A file must be given as an http(s) or s3 address or as a data: URL.", { param: "messages" });
  }
  const comma = url.indexOf(",");
  const [type = "", ...marks] = url.slice("data:".length, comma < 0 ? undefined : comma).split(";");
  const data = comma < 0 ? "" : url.slice(comma + 1);
  const bytes = marks.includes("base64") ? data : Buffer.from(decoded(data)).toString("base64");
  return { source: { bytes }, mediaType: type === "" ? undefined : type };
}

function decoded(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** From `image/png`, `png`, `a.png` or an address that ends so. */
function formatOf(told: string | undefined): readonly [Kind, string] | undefined {
  if (told === undefined) return undefined;
  const type = told.toLowerCase().split(/[?#;]/)[0] ?? "";
  return formats[type.slice(type.lastIndexOf("/") + 1)] ?? formats[type.slice(type.lastIndexOf(".") + 1)];
}

/** True for a type that is told and none of ours. */
function unknownType(told: string | undefined): boolean {
  return told !== undefined && formatOf(told) === undefined;
}

function unknown(type: string): GatewayError {
  return new GatewayError(
    "bad_request",
    `Files of type "${type}" are not taken here. Images: png, jpeg, gif, webp; documents: pdf, csv, doc, docx, xls, xlsx, html, txt, md; videos: mp4, mov, mkv, webm, flv, mpeg, wmv, 3gp.`,
    { param: "messages" },
  );
}
