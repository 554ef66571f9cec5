/** Calls NLP Cloud's text generation. How its streams look is documented nowhere, so answers come whole. Source: docs.nlpcloud.com/#text-generation. */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { templatedPrompt } from "../prompt-template.ts";
import { textAnswer } from "../text-answer.ts";

interface Generation {
  generated_text?: string;
  nb_input_tokens?: number;
  nb_generated_tokens?: number;
}

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "max_length",
  max_tokens: "max_length",
  temperature: "temperature",
  top_p: "top_p",
  stop: "stop_sequences",
  n: "num_return_sequences",
  presence_penalty: "presence_penalty",
  frequency_penalty: "frequency_penalty",
};

export const nlpCloud: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "nlp-cloud",
  path: ({ model }) => `/${encodeURIComponent(model)}/generation`,
  patch: () => ({}),
  request: ({ asked, settings }) => ({
    text: templatedPrompt(asked.messages, settings),
    // Else the answer begins with the question.
    remove_input: true,
    ...generationParameters(asked, names),
  }),
  response(reply, context) {
    const { generated_text: text } = generationOf(reply);
    return textAnswer({ text: text ?? "", usage: usage(reply) }, context);
  },
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: nlpCloudError,
};

function generationOf({ body }: WireReply): Generation {
  const told = body as Generation | null;
  if (typeof told?.generated_text === "string") return told;
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no generated_text. Check api_base and the model.");
}

function usage({ body }: WireReply): Usage | undefined {
  const { nb_input_tokens: input, nb_generated_tokens: output } = (body ?? {}) as Generation;
  if (input === undefined && output === undefined) return undefined;
  return { ...(input !== undefined && { inputTokens: input }), ...(output !== undefined && { outputTokens: output }) };
}

/** `{"detail": "…"}`; a status of Cloudflare's own for a model that took too long. */
function nlpCloudError(reply: WireReply): GatewayError {
  const error = openaiError(reply);
  if (/input text length should not exceed/i.test(error.message)) {
    return new GatewayError("context_window", error.message, { ...error.detail, status: 400 });
  }
  return reply.status === 524 ? new GatewayError("gateway_timeout", error.message, { ...error.detail, status: 504 }) : error;
}
