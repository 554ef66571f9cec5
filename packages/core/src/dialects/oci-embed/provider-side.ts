/** Calls Oracle's text embeddings. Source: docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference (EmbedTextDetails, EmbedTextResult). */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { embedResponse, noVectors, textsOf } from "../embed-list.ts";
import { noGlance } from "../no-glance.ts";
import { ociDetails } from "../oci-generic/details.ts";
import { ociUsage } from "../oci-generic/usage.ts";
import type { OciUsage } from "../oci-generic/wire.ts";
import { openaiError } from "../openai-chat/error.ts";

interface EmbedResult {
  embeddings?: number[][];
  usage?: OciUsage;
}

export const ociEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "oci-embed",
  path: () => "/20231130/actions/embedText",
  patch: () => ({}),
  request({ asked, model, settings }) {
    const { input_type: type, truncate, dimensions } = asked;
    return {
      ...ociDetails(model, settings),
      inputs: textsOf(asked.input),
      ...(typeof type === "string" && { inputType: type.toUpperCase() }),
      ...(typeof truncate === "string" && { truncate: truncate.toUpperCase() }),
      ...(typeof dimensions === "number" && { outputDimensions: dimensions }),
    };
  },
  response: (reply, context) => embedResponse(vectorsOf(reply), context, usage(reply)?.inputTokens),
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: openaiError,
};

function vectorsOf({ body }: WireReply): number[][] {
  const told = (body as EmbedResult | null)?.embeddings;
  if (!Array.isArray(told)) throw noVectors();
  return told;
}

function usage({ body }: WireReply): Usage | undefined {
  return ociUsage((body as EmbedResult | null)?.usage);
}
