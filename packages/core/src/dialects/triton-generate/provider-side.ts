/** Calls Triton's generate extension: one text in, one text out. Source: docs.nvidia.com/deeplearning/triton-inference-server (protocol, extension_generate). */

import { GatewayError } from "../../errors.ts";
import type { ChatChunk } from "../../hub/chat.ts";
import type { WireReply } from "../../transport/transport.ts";
import { chunkMaker } from "../chunk-maker.ts";
import type { ProviderSide, StreamDecoder, TranslateContext } from "../dialect.ts";
import { eventJson } from "../event-json.ts";
import { generationParameters } from "../generation-parameters.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { templatedPrompt } from "../prompt-template.ts";
import { textAnswer } from "../text-answer.ts";

export const tritonGenerate: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "triton-generate",
  framing: "sse",
  path: ({ stream }) => (stream ? "/generate_stream" : "/generate"),
  patch: () => ({}),
  request: ({ asked, settings }) => ({
    text_input: templatedPrompt(asked.messages, settings),
    parameters: { ...generationParameters(asked, names), ...(asked.stream && { stream: true }) },
  }),
  response: (reply, context) => textAnswer({ text: textOf(reply) }, context),
  stream: decoder,
  glance: noGlance,
  replyPatch: () => ({}),
  // Triton counts nothing.
  usage: () => undefined,
  error: openaiError,
};

const names: Readonly<Record<string, string>> = { max_completion_tokens: "max_tokens", max_tokens: "max_tokens" };

function textOf({ body }: WireReply): string {
  const text = (body as { text_output?: unknown } | null)?.text_output;
  if (typeof text === "string") return text;
  if (Array.isArray(text)) return text.join("");
  throw new GatewayError("bad_reply", "The server answered 200, but its body holds no text_output. Check the model's output names.");
}

/** There is no event for the end: what comes before the end of the body is the answer. */
function decoder(context: TranslateContext<"chat">): StreamDecoder<ChatChunk> {
  const chunks = chunkMaker(context);
  let begun = false;
  return {
    usage: undefined,
    get complete() {
      return begun;
    },
    push({ data }, emit) {
      const event = eventJson(data);
      if (!event) return;
      if (event["error"] !== undefined) throw openaiError({ status: 200, headers: {}, body: event });
      begun = true;
      const text = event["text_output"];
      if (typeof text === "string" && text !== "") chunks.tell({ content: text }, emit);
    },
    end(emit) {
      if (begun) chunks.finish("stop", emit);
    },
  };
}
