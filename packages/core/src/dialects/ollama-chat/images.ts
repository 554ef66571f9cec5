/** Images of a conversation as Ollama takes them: base64 without prefix, addresses downloaded before. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ImagePart } from "../../hub/chat.ts";
import type { FetchedFile } from "../dialect.ts";

/** Addresses that must be downloaded first. */
export function imageAddresses(messages: readonly ChatMessage[]): string[] {
  return messages.flatMap(imageUrls).filter(isAddress);
}

export function imagesOf(message: ChatMessage, fetched: ReadonlyMap<string, FetchedFile>): string[] {
  return imageUrls(message).map((url) => {
    if (!isAddress(url)) return url.slice(url.startsWith("data:") ? url.indexOf(",") + 1 : 0);
    const file = fetched.get(url);
    if (file) return file.base64;
    throw new GatewayError("image_fetch", `The image ${url} was not downloaded. Send it as a data: URL.`, { param: "messages" });
  });
}

function imageUrls({ content }: ChatMessage): string[] {
  if (!Array.isArray(content)) return [];
  return content
    .filter((part): part is ImagePart => part.type === "image_url")
    .map(({ image_url: image }) => (typeof image === "string" ? image : image.url));
}

function isAddress(url: string): boolean {
  return /^https?:/i.test(url);
}
