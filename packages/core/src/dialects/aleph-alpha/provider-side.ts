/** Calls Aleph Alpha's completion API, in the cloud or in a PhariaAI installation. Source: docs.aleph-alpha.com (POST /complete). */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { templatedPrompt } from "../prompt-template.ts";
import { textAnswer } from "../text-answer.ts";

interface Completion {
  completions?: { completion?: string; finish_reason?: string }[];
  num_tokens_prompt_total?: number;
  num_tokens_generated?: number;
}

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "maximum_tokens",
  max_tokens: "maximum_tokens",
  temperature: "temperature",
  top_p: "top_p",
  n: "n",
  presence_penalty: "presence_penalty",
  frequency_penalty: "frequency_penalty",
  stop: "stop_sequences",
};

export const alephAlpha: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "aleph-alpha",
  path: () => "/complete",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model, settings }) => ({
    model,
    prompt: templatedPrompt(asked.messages, settings),
    ...generationParameters(asked, names),
  }),
  response(reply, context) {
    const { completion = "", finish_reason: end } = firstOf(reply);
    return textAnswer({ text: completion, end: end === "maximum_tokens" ? "length" : "stop", usage: usage(reply) }, context);
  },
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: openaiError,
};

function firstOf({ body }: WireReply): NonNullable<Completion["completions"]>[number] {
  const [first] = (body as Completion | null)?.completions ?? [];
  if (first) return first;
  throw new GatewayError("bad_reply", "The provider answered 200, but its body holds no completions. Check api_base and the model.");
}

function usage({ body }: WireReply): Usage | undefined {
  const { num_tokens_prompt_total: input, num_tokens_generated: output } = (body ?? {}) as Completion;
  if (input === undefined && output === undefined) return undefined;
  return { ...(input !== undefined && { inputTokens: input }), ...(output !== undefined && { outputTokens: output }) };
}
