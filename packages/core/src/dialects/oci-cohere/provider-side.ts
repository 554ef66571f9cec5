/** Calls Oracle's generative AI service for Cohere's models. Source: docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference (CohereChatRequest, CohereChatResponse). */

import { GatewayError } from "../../errors.ts";
import type { ChatResponse } from "../../hub/chat.ts";
import { chatUsage } from "../../hub/chat-usage.ts";
import type { WireReply } from "../../transport/transport.ts";
import { finishOf } from "../chunk-maker.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { ociDecoder } from "../oci-generic/stream.ts";
import { usageOfReply } from "../oci-generic/usage.ts";
import type { OciReply } from "../oci-generic/wire.ts";
import { openaiError } from "../openai-chat/error.ts";
import { ociCohereRequest } from "./request.ts";

export const ociCohere: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "oci-cohere",
  framing: "sse",
  path: () => "/20231130/actions/chat",
  patch: () => ({}),
  request: ociCohereRequest,
  response,
  stream: ociDecoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: usageOfReply,
  error: openaiError,
};

function response(reply: WireReply, { newId, now, publicModel }: TranslateContext<"chat">): ChatResponse {
  const told = (reply.body as OciReply | null)?.chatResponse;
  if (typeof told?.text !== "string" && !Array.isArray(told?.toolCalls)) {
    throw new GatewayError("bad_reply", "Oracle answered 200, but its body holds no text. Check api_base and the model.");
  }
  const calls = (told.toolCalls ?? []).map(({ name = "", parameters }) => ({
    id: `call_${newId()}`,
    type: "function" as const,
    function: { name, arguments: JSON.stringify(parameters ?? {}) },
  }));
  const usage = usageOfReply(reply);
  const content = told.text ?? "";
  return {
    id: `chatcmpl-${newId()}`,
    object: "chat.completion",
    created: now,
    model: publicModel,
    choices: [
      {
        index: 0,
        message: {
          role: "assistant",
          content: content === "" && calls.length > 0 ? null : content,
          ...(calls.length > 0 && { tool_calls: calls }),
        },
        ...finishOf(calls.length > 0 ? "tool_calls" : (told.finishReason ?? "COMPLETE")),
      },
    ],
    ...(usage && { usage: chatUsage(usage) }),
  };
}
