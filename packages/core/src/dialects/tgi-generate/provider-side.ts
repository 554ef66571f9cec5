/** Calls servers of text-generation-inference's own API: /generate and /generate_stream. */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { textAnswer } from "../text-answer.ts";
import { tgiRequest } from "./request.ts";
import { tgiDecoder } from "./stream.ts";
import { tgiUsage } from "./usage.ts";
import type { TgiReply } from "./wire.ts";

export const tgiGenerate: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "tgi-generate",
  framing: "sse",
  path: ({ stream }) => (stream ? "/generate_stream" : "/generate"),
  patch: () => ({}),
  request: tgiRequest,
  response(reply, context) {
    const { generated_text: text, details } = replyOf(reply);
    return textAnswer({ text: text ?? "", end: details?.finish_reason, usage: tgiUsage(details) }, context);
  },
  stream: tgiDecoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (reply) => tgiUsage(replyOf(reply).details),
  error: openaiError,
};

/** Some servers answer a list of one. */
function replyOf({ body }: WireReply): TgiReply {
  const told = (Array.isArray(body) ? body[0] : body) as TgiReply | null | undefined;
  if (typeof told?.generated_text === "string") return told;
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no generated_text. Check api_base.");
}
