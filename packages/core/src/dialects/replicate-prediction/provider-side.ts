/** Calls language models of Replicate: a prediction with a prompt. Who sends it sees to it that it is finished. */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { noGlance } from "../no-glance.ts";
import { textAnswer } from "../text-answer.ts";
import { replicateError } from "./error.ts";
import { replicateRequest } from "./request.ts";
import { replicateDecoder } from "./stream.ts";
import type { Prediction } from "./wire.ts";

export const replicateChat: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "replicate-prediction",
  framing: "sse",
  path: ({ model }) => pathOf(model),
  patch: () => ({}),
  request: replicateRequest,
  response: (reply, context) => textAnswer({ text: textOf(reply), usage: usage(reply) }, context),
  stream: replicateDecoder,
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: replicateError,
};

/** A version stands in the body, a deployment in a path of its own. */
function pathOf(model: string): string {
  if (model.includes(":")) return "/predictions";
  const parts = model.split("/").map(encodeURIComponent).join("/");
  return model.startsWith("deployments/") ? `/${parts}/predictions` : `/models/${parts}/predictions`;
}

function textOf({ body }: WireReply): string {
  const { output } = (body ?? {}) as Prediction;
  if (typeof output === "string") return output;
  if (Array.isArray(output)) return output.map((piece) => (typeof piece === "string" ? piece : JSON.stringify(piece))).join("");
  if (output !== null && output !== undefined) return JSON.stringify(output);
  throw new GatewayError(
    "bad_reply",
    "Replicate answered 200, but the prediction has no output. Check that the model is a language model.",
  );
}

function usage({ body }: WireReply): Usage | undefined {
  const { input_token_count: input, output_token_count: output } = ((body ?? {}) as Prediction).metrics ?? {};
  if (input === undefined && output === undefined) return undefined;
  return { ...(input !== undefined && { inputTokens: input }), ...(output !== undefined && { outputTokens: output }) };
}
