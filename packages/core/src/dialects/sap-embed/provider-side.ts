/** Calls the embeddings of SAP's orchestration service, version 2. Source: help.sap.com/docs/sap-ai-core/sap-ai-core-service-guide/orchestration. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { embedResponse, noVectors, textsOf } from "../embed-list.ts";
import { noGlance } from "../no-glance.ts";
import { inside, sapError } from "../sap-orchestration/envelope.ts";

interface EmbedResult {
  data?: { embedding?: number[] | string }[];
  usage?: { prompt_tokens?: number };
}

export const sapEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "sap-embed",
  path: () => "/v2/embeddings",
  patch: () => ({}),
  request({ asked: { input, model: _, encoding_format: __, user: ___, metadata: ____, ...params }, model }) {
    const [name, version] = model.split("@");
    return {
      config: { modules: { embeddings: { model: { name, version: version ?? "latest", params } } } },
      input: { text: textsOf(input) },
    };
  },
  response: (reply, context) => embedResponse(vectorsOf(reply), context, usage(reply)?.inputTokens),
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: sapError,
};

function vectorsOf(reply: WireReply): (number[] | string)[] {
  const { data } = (inside(reply).body ?? {}) as EmbedResult;
  if (!Array.isArray(data)) throw noVectors();
  return data.map(({ embedding }) => embedding ?? []);
}

function usage(reply: WireReply): Usage | undefined {
  const tokens = ((inside(reply).body ?? {}) as EmbedResult).usage?.prompt_tokens;
  return tokens === undefined ? undefined : { inputTokens: tokens };
}
