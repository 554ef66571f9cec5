/** How each family is asked and answers: in its maker's own dialect where it has one, else by prompt. */

import type { ChatChunk, ChatRequest, ChatResponse } from "../../hub/chat.ts";
import type { WireReply } from "../../transport/transport.ts";
import { betasIn, betasOf } from "../anthropic-messages/betas.ts";
import { addressesIn as claudeAddresses } from "../anthropic-messages/parts.ts";
import { anthropicMessages } from "../anthropic-messages/provider-side.ts";
import { addressesIn } from "../bedrock-converse/parts.ts";
import { bedrockConverse } from "../bedrock-converse/provider-side.ts";
import { converseRequest } from "../bedrock-converse/request.ts";
import { ConverseDecoder } from "../bedrock-converse/stream.ts";
import type { StreamDecoder, TranslateContext } from "../dialect.ts";
import { openaiChat } from "../openai-chat/provider-side.ts";
import { unwrapping } from "./chunks.ts";
import type { InvokeFamily } from "./families.ts";
import { textFamilies } from "./text-families.ts";
import type { TextFamily } from "./text-family.ts";
import { TextDecoder, textResponse } from "./text-reply.ts";
import type { JsonObject } from "./wire.ts";

type Context = TranslateContext<"chat">;

export interface InvokeSide {
  readonly fetches: (asked: ChatRequest) => readonly string[];
  readonly request: (context: Context) => JsonObject;
  readonly response: (reply: WireReply, context: Context) => ChatResponse;
  readonly stream: (context: Context) => StreamDecoder<ChatChunk>;
}

const VERSION = "bedrock-2023-05-31";

/** Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-anthropic-claude-messages.html; addresses of images are not fetched there. */
const claude: InvokeSide = {
  fetches: claudeAddresses,
  request: (context) => {
    const { model: _, stream: _stream, ...body } = anthropicMessages.request(context);
    const { asked, settings } = context;
    const named = [...betasIn(settings["extra_headers"]), ...betasIn(asked["extra_headers"]), ...betasOf(context, body)];
    const own = Array.isArray(body["anthropic_beta"]) ? body["anthropic_beta"].map(String) : [];
    const betas = [...new Set([...own, ...named])];
    return { ...body, anthropic_version: VERSION, ...(betas.length > 0 && { anthropic_beta: betas }) };
  },
  response: anthropicMessages.response,
  stream: (context) => unwrapping(decoderOf(anthropicMessages.stream, context)),
};

/** Nova's own body is Converse's, but for `top_k`, which has a place here. Source: docs.aws.amazon.com/nova/latest/userguide/complete-request-schema.html. */
const nova: InvokeSide = {
  fetches: addressesIn,
  request: (context) => {
    const { additionalModelRequestFields: beside, serviceTier: _, ...body } = converseRequest(context);
    const { inferenceConfig, ...more } = beside ?? {};
    const config = { ...body.inferenceConfig, ...(inferenceConfig as object | undefined) };
    return { ...body, ...more, ...(Object.keys(config).length > 0 && { inferenceConfig: config }) };
  },
  response: bedrockConverse.response,
  stream: (context) => unwrapping(new ConverseDecoder(context), true),
};

/** OpenAI's open models and those that speak its wire. Source: docs.aws.amazon.com/bedrock/latest/userguide/model-parameters-openai.html. */
const open: InvokeSide = {
  fetches: () => [],
  request: (context) => {
    const { stream_options: _, ...body } = openaiChat.request(context);
    return body;
  },
  response: openaiChat.response,
  stream: (context) => unwrapping(decoderOf(openaiChat.stream, context)),
};

function decoderOf(make: ((context: Context) => StreamDecoder<ChatChunk>) | undefined, context: Context): StreamDecoder<ChatChunk> {
  if (!make) throw new TypeError("This dialect has no stream.");
  return make(context);
}

const textSide = (family: TextFamily): InvokeSide => ({
  fetches: () => [],
  request: family.request,
  response: (reply, context) => textResponse(family, reply, context),
  stream: (context) => unwrapping(new TextDecoder(family, context)),
});

export function sideOf(family: InvokeFamily): InvokeSide {
  if (family === "claude") return claude;
  if (family === "nova") return nova;
  const text = textFamilies[family];
  return text ? textSide(text) : open;
}
