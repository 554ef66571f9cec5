/** Calls a provider in OpenAI's chat completions: the hub's own dialect, so that almost nothing is translated. */

import { GatewayError } from "../../errors.ts";
import type { ChatResponse } from "../../hub/chat.ts";
import { usageOfChat } from "../../hub/chat-usage.ts";
import type { Patch } from "../../transport/body.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { openaiError } from "./error.ts";
import { isPlainChunk, openaiGlance } from "./glance.ts";
import { chunkDecoder } from "./stream.ts";
import { tidyReply } from "./tidy.ts";

export const openaiChat: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "openai-chat",
  framing: "sse",
  path: () => "/chat/completions",
  patch: ({ model, stream, body }) => ({ set: stream ? { model, stream_options: withUsage(body.get("stream_options")) } : { model } }),
  request: ({ asked, model }) => ({
    ...asked,
    model,
    ...(asked.stream && { stream_options: withUsage(asked.stream_options) }),
  }),
  response: (reply, context) => {
    const body = answerOf(reply);
    return { ...body, ...tidyReply(body, context).set } as unknown as ChatResponse;
  },
  stream: chunkDecoder,
  glance: openaiGlance,
  isPlain: isPlainChunk,
  replyPatch: (body, at): Patch => {
    if (!Array.isArray(body["choices"])) throw notAnAnswer(body);
    return tidyReply(body, at);
  },
  replyToldBy: ["object", "index", "role", "finish_reason"],
  usage: (reply) => usageOfChat((reply.body as Record<string, unknown> | undefined)?.["usage"]),
  error: openaiError,
};

/** We always ask for usage; what else the client put into stream_options stays. */
export function withUsage(options: unknown): Record<string, unknown> {
  return { ...(options !== null && typeof options === "object" ? options : {}), include_usage: true };
}

function answerOf(reply: WireReply): Record<string, unknown> {
  const body = reply.body;
  if (body === null || typeof body !== "object" || !Array.isArray((body as Record<string, unknown>)["choices"])) throw notAnAnswer(body);
  return body as Record<string, unknown>;
}

/** A 200 without choices: an error in disguise, or no answer at all. */
export function notAnAnswer(body: unknown): GatewayError {
  const inside = body !== null && typeof body === "object" ? (body as Record<string, unknown>)["error"] : undefined;
  if (inside) return openaiError({ status: 200, headers: {}, body });
  return new GatewayError(
    "bad_reply",
    "The provider answered 200, but its body is no completion (it has no list of choices). Check api_base.",
  );
}
