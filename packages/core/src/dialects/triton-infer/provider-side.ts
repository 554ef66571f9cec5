/** Calls a text model behind Triton's infer: prompt and parameters as tensors. */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { templatedPrompt } from "../prompt-template.ts";
import { textAnswer } from "../text-answer.ts";
import type { InferReply, Tensor } from "./wire.ts";

export const tritonInfer: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "triton-infer",
  path: () => "/infer",
  patch: () => ({}),
  request({ asked, settings }) {
    const parameters = Object.entries(generationParameters(asked, { max_completion_tokens: "max_tokens", max_tokens: "max_tokens" }));
    const prompt = templatedPrompt(asked.messages, settings);
    return { inputs: [tensor("text_input", prompt), ...parameters.map(([name, value]) => tensor(name, value))] };
  },
  response: (reply, context) => textAnswer({ text: textOf(reply) }, context),
  glance: noGlance,
  replyPatch: () => ({}),
  usage: () => undefined,
  error: openaiError,
};

function tensor(name: string, value: unknown): Tensor {
  return { name, shape: [1], datatype: datatypeOf(value), data: [value] };
}

function datatypeOf(value: unknown): string {
  if (typeof value === "boolean") return "BOOL";
  if (typeof value === "number") return Number.isInteger(value) ? "INT32" : "FP32";
  return "BYTES";
}

function textOf({ body }: WireReply): string {
  const outputs = (body as InferReply | null)?.outputs;
  const text = outputs?.find(({ name, datatype }) => name === "text_output" || datatype === "BYTES")?.data;
  if (Array.isArray(text)) return text.map(String).join("");
  throw new GatewayError("bad_reply", "The server answered 200, but none of its outputs is a text. Check the model's output names.");
}
