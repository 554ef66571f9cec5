/** Calls watsonx.ai's text generation: one prompt in, its continuation out. Source: cloud.ibm.com/apidocs/watsonx-ai#text-generation. */

import { GatewayError } from "../../errors.ts";
import type { ChatResponse } from "../../hub/chat.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide, TranslateContext } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { templatedPrompt } from "../prompt-template.ts";
import { textAnswer } from "../text-answer.ts";
import { generationDecoder } from "./stream.ts";
import { endOf, type GenerationReply } from "./wire.ts";

export const watsonxGenerate: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "watsonx-generate",
  framing: "sse",
  path: ({ stream }) => `/ml/v1/text/generation${stream ? "_stream" : ""}`,
  patch: ({ model }) => ({ set: { model_id: model }, remove: ["model"] }),
  request,
  response,
  stream: generationDecoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: openaiError,
};

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "max_new_tokens",
  max_tokens: "max_new_tokens",
  temperature: "temperature",
  top_p: "top_p",
  seed: "random_seed",
  stop: "stop_sequences",
  frequency_penalty: "repetition_penalty",
};

function request({ asked, model, settings }: TranslateContext<"chat">): Record<string, unknown> {
  const { moderations, ...parameters } = generationParameters(asked, names);
  return {
    input: templatedPrompt(asked.messages, settings),
    model_id: model,
    ...(Object.keys(parameters).length > 0 && { parameters }),
    ...(moderations !== undefined && { moderations }),
  };
}

function response(reply: WireReply, context: TranslateContext<"chat">): ChatResponse {
  const { results } = (reply.body ?? {}) as GenerationReply;
  if (!Array.isArray(results)) {
    throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no results. Check api_base.");
  }
  const text = results.map((each) => each.generated_text ?? "").join("");
  return textAnswer({ text, end: endOf(results.at(-1)?.stop_reason), usage: usage(reply) }, context);
}

function usage({ body }: Pick<WireReply, "body">): Usage | undefined {
  const told = ((body as GenerationReply | null)?.results ?? []).at(-1);
  const { input_token_count: input, generated_token_count: output } = told ?? {};
  if (input === undefined && output === undefined) return undefined;
  return { ...(input !== undefined && { inputTokens: input }), ...(output !== undefined && { outputTokens: output }) };
}
