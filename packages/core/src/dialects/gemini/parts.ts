/** Content of a hub message → Google's parts. */

import { GatewayError } from "../../errors.ts";
import type { ChatMessage, ContentPart } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { camelOf, fieldsOf } from "./json.ts";
import { type Media, mediaIn, mediaOf, mediaPart } from "./media.ts";
import { isGemini3 } from "./model-version.ts";
import type { WirePart } from "./wire.ts";

type Context = Pick<TranslateContext<"chat">, "fetched" | "model">;

/** Empty texts are left out: Google refuses them. */
export function contentParts(content: ChatMessage["content"], context: Context): WirePart[] {
  if (typeof content === "string") return textParts(content);
  if (content !== null && content !== undefined && !Array.isArray(content)) {
    throw new GatewayError("bad_request", "The content of a message is neither a text nor a list of parts.", { param: "messages" });
  }
  return (content ?? []).flatMap((part) => partsOf(part, context));
}

function textParts(text: string | undefined): WirePart[] {
  return text ? [{ text }] : [];
}

function partsOf(part: ContentPart | string, context: Context): WirePart[] {
  if (typeof part === "string") return textParts(part);
  const media = mediaOf(part);
  if (media) return [{ ...mediaPart(media, context.fetched), ...aboutMedia(media, context.model) }];
  const fields = fieldsOf(part);
  const text = fields["text"] ?? fields["refusal"] ?? fieldsOf(fields["source"])["data"];
  if (typeof text === "string") return textParts(text);
  // Thinking travels on the message, not among its content.
  if (fields["type"] === "thinking" || fields["type"] === "redacted_thinking") return [];
  throw new GatewayError(
    "bad_request",
    `A content part of type "${fields["type"]}" cannot be sent to this model. Use text, image_url, input_audio, video_url or file.`,
    {
      param: "messages",
    },
  );
}

/** Gemini 3 takes the resolution part by part; older ones for the whole request, see `mediaResolution`. */
function aboutMedia({ detail, video }: Media, model: string): WirePart {
  const level = detail && levels[detail];
  return {
    ...(video && { videoMetadata: Object.fromEntries(Object.entries(video).map(([name, value]) => [camelOf(name), value])) }),
    ...(level && isGemini3(model) && { mediaResolution: { level } }),
  };
}

const levels: Readonly<Record<string, string>> = {
  low: "MEDIA_RESOLUTION_LOW",
  medium: "MEDIA_RESOLUTION_MEDIUM",
  high: "MEDIA_RESOLUTION_HIGH",
  ultra_high: "MEDIA_RESOLUTION_ULTRA_HIGH",
};
const order = Object.keys(levels);

/** The finest resolution that any part asks for; undefined where it is said part by part or nobody asks. */
export function mediaResolution(messages: readonly ChatMessage[], model: string): string | undefined {
  if (isGemini3(model)) return undefined;
  const details = messages.flatMap(({ content }) => mediaIn(content).map(({ detail }) => detail));
  const finest = Math.max(-1, ...details.map((detail) => order.indexOf(detail ?? "")));
  const level = order[Math.min(finest, order.indexOf("high"))];
  return level && levels[level];
}
