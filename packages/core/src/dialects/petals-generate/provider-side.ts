/** Calls the HTTP API of a Petals swarm's front end. Source: github.com/petals-infra/chat.petals.dev (HTTP API). */

import { GatewayError } from "../../errors.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { ProviderSide } from "../dialect.ts";
import { generationParameters } from "../generation-parameters.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";
import { templatedPrompt } from "../prompt-template.ts";
import { textAnswer } from "../text-answer.ts";

const names: Readonly<Record<string, string>> = {
  max_completion_tokens: "max_new_tokens",
  max_tokens: "max_new_tokens",
  temperature: "temperature",
  top_p: "top_p",
};
const MOST = 256;

export const petalsGenerate: ProviderSide<"chat"> = {
  operation: "chat",
  dialect: "petals-generate",
  path: ({ model }) => `/api/v1/generate?model=${encodeURIComponent(model)}`,
  patch: () => ({}),
  request({ asked, settings }) {
    const parameters = generationParameters(asked, names);
    return {
      inputs: templatedPrompt(asked.messages, settings),
      // The server asks for one of its two limits, and samples only when told to.
      ...(parameters["max_length"] === undefined && { max_new_tokens: MOST }),
      ...(asked.temperature ? { do_sample: 1 } : {}),
      ...parameters,
    };
  },
  response: (reply, context) => textAnswer({ text: outputsOf(reply) }, context),
  glance: noGlance,
  replyPatch: () => ({}),
  // The server counts nothing.
  usage: () => undefined,
  error: openaiError,
};

/** Failures come with a status of 200 and the server's trace, of which the last line says what happened. */
function outputsOf({ body }: WireReply): string {
  const { ok, outputs, traceback } = (body ?? {}) as { ok?: boolean; outputs?: unknown; traceback?: unknown };
  if (typeof outputs === "string") return outputs;
  if (ok === false) {
    const why =
      String(traceback ?? "")
        .trim()
        .split("\n")
        .at(-1) ?? "";
    throw new GatewayError("upstream_internal", why || "The Petals server failed without a reason. Try again.");
  }
  throw new GatewayError("bad_reply", "The server answered 200, but its body holds no outputs. Check api_base.");
}
