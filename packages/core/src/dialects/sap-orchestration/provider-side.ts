/** Calls SAP's orchestration service, version 2: OpenAI's messages and parameters inside a configuration. Source: help.sap.com/docs/sap-ai-core/sap-ai-core-service-guide/orchestration. */

import type { ChatChunk } from "../../hub/chat.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide, StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { noGlance } from "../no-glance.ts";
import { openaiChat, withUsage } from "../openai-chat/provider-side.ts";
import { chunkDecoder } from "../openai-chat/stream.ts";
import { inside, sapError } from "./envelope.ts";

export const sapOrchestration: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "sap-orchestration",
  framing: "sse",
  path: () => "/v2/completion",
  patch: () => ({}),
  request,
  response: (reply, context) => openaiChat.response(inside(reply), context),
  stream: decoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage: (reply: WireReply) => openaiChat.usage(inside(reply)),
  error: sapError,
};

function request({ asked, model }: TranslateContext<"chat">): Record<string, unknown> {
  const { model: _, messages, stream, stream_options, tools, response_format, user: __, metadata: ___, ...params } = asked;
  const [name, version] = model.split("@");
  const prompt = { template: messages, ...(tools && { tools }), ...(response_format && { response_format }) };
  const told = { ...params, ...(stream && { stream_options: withUsage(stream_options) }) };
  const details = { name, version: version ?? "latest", params: told };
  return {
    config: { modules: { prompt_templating: { prompt, model: details } }, ...(stream && { stream: { enabled: true } }) },
  };
}

/** Each event holds what the models' own would, one level deeper. */
function decoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const chunks = chunkDecoder(context);
  return {
    get usage() {
      return chunks.usage;
    },
    get complete() {
      return chunks.complete;
    },
    push(event, emit) {
      const told = eventJson(event.data);
      if (told?.["error"] !== undefined) throw sapError({ status: 200, headers: {}, body: told });
      if (told === undefined) return chunks.push(event, emit);
      const result = (told["final_result"] ?? told["orchestration_result"]) as { id?: string } | undefined;
      // The first event tells of the modules, around an empty answer.
      if (result?.id) chunks.push({ ...event, data: JSON.stringify(result) }, emit);
    },
    end: (emit) => chunks.end(emit),
  };
}
