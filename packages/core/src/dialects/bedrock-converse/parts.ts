/** Content parts of a hub message as content blocks. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ChatRequest } from "../../hub/chat.ts";
import { isObject, objectIn, objectsIn, textIn } from "../anthropic-messages/json.ts";
import type { TranslateContext } from "../dialect.ts";
import { audioBlock, mediaBlock } from "./media.ts";
import type { PartContext } from "./part-context.ts";
import type { Block, CachePoint, JsonObject } from "./wire.ts";

/** Blank texts are left out: the wire refuses them. A cache point stands behind the block that asked for it. */
export function blocksOf(content: ChatMessage["content"], context: PartContext): Block[] {
  if (typeof content === "string") return textBlocks(content);
  return objectsIn(content).flatMap((part) => {
    const blocks = blocksOfPart(part, context);
    return blocks.length === 0 ? [] : [...blocks, ...cachePoints(part, context)];
  });
}

export function textBlocks(text: string): Block[] {
  return text.trim() === "" ? [] : [{ text }];
}

function blocksOfPart(part: JsonObject, context: PartContext): Block[] {
  switch (part["type"]) {
    case "text":
    case "input_text":
    case "output_text":
      return textBlocks(textIn(part["text"]) ?? "");
    case "refusal":
      return textBlocks(textIn(part["refusal"]) ?? "");
    case "guarded_text":
      return [{ guardContent: { text: { text: textIn(part["text"]) ?? "" } } }];
    case "image_url":
    case "video_url":
      return [mediaBlock(mediaOf(part[part["type"]], part["type"]), context)];
    case "file":
      return [fileBlock(objectIn(part["file"]), part, context)];
    case "input_audio":
      return [audioBlock(objectIn(part["input_audio"]))];
    case "thinking":
    case "redacted_thinking":
      return [];
    default:
      return [ownBlock(part)];
  }
}

function mediaOf(told: unknown, type: string): { url: string; format?: string; fallback: string } {
  const url = typeof told === "string" ? told : textIn(objectIn(told)["url"]);
  if (!url)
    throw new GatewayError("bad_request", `A part of type ${type} has no url. Give an address or a data: URL.`, { param: "messages" });
  return { url, format: textIn(objectIn(told)["format"]), fallback: type === "video_url" ? "video/mp4" : "image/png" };
}

function fileBlock(file: JsonObject, part: JsonObject, context: PartContext): Block {
  const data = textIn(file["file_data"]) ?? textIn(file["file_id"]);
  if (!data)
    throw new GatewayError("bad_request", "A file part has neither file_data nor file_id. Give one of them.", { param: "messages" });
  const isUrl = /^(https?|data|s3):/i.test(data);
  if (!isUrl && file["file_data"] === undefined) {
    throw new GatewayError("bad_request", "This provider keeps no files, so a file_id means nothing here. Send file_data or an address.", {
      param: "messages",
    });
  }
  const filename = textIn(file["filename"]);
  const url = isUrl ? data : `data:;base64,${data}`;
  const block = mediaBlock({ url, format: textIn(file["format"]), filename, fallback: "application/pdf" }, context);
  if (!block.document) return block;
  const more = { ...objectIn({ context: part["context"] }), citations: part["citations"] ?? file["citations"] };
  const kept = Object.fromEntries(Object.entries(more).filter(([, value]) => value !== undefined));
  return { document: { ...block.document, ...kept } };
}

/** A block in the wire's own shape: `{ "document": … }`. */
function ownBlock(part: JsonObject): Block {
  const { type, cache_control: _, ...block } = part;
  const names = Object.keys(block);
  if (names.length === 1 && isObject(block[names[0] ?? ""])) return block;
  throw new GatewayError("bad_request", `Parts of type "${String(type)}" are not known here. Send text, image_url, file or video_url.`, {
    param: "messages",
  });
}

/** The point that `cache_control` of a part, a message or a tool asks for; none for a model that is known to have no cache. */
export function cachePoints(holder: unknown, { facts }: Pick<TranslateContext<"chat">, "facts">): { cachePoint: CachePoint }[] {
  const told = objectIn(holder)["cache_control"];
  if (!isObject(told)) return [];
  if (facts.mode !== undefined && facts["supports_prompt_caching"] !== true) return [];
  const ttl = told["ttl"];
  const takesTtl = facts.mode === undefined || facts["cache_creation_input_token_cost_above_1hr"] !== undefined;
  const point: CachePoint = { type: "default" };
  if ((ttl === "5m" || ttl === "1h") && takesTtl) point.ttl = ttl;
  return [{ cachePoint: point }];
}

/** Every address of an image, a video or a file in the request: the wire takes bytes only. */
export function addressesIn(asked: ChatRequest): string[] {
  const found = new Set<string>();
  for (const message of asked.messages) {
    for (const part of objectsIn(message.content)) {
      const file = objectIn(part["file"]);
      for (const name of ["image_url", "video_url"]) {
        const told = part[name];
        found.add(textIn(told) ?? textIn(objectIn(told)["url"]) ?? "");
      }
      found.add(textIn(file["file_data"]) ?? "").add(textIn(file["file_id"]) ?? "");
    }
  }
  return [...found].filter((each) => /^https?:\/\//i.test(each));
}
