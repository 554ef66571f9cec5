/** Calls Snowflake Cortex's inference:embed. Source: docs.snowflake.com/developer-guide/snowflake-rest-api/reference/cortex-embed. */

import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { embedResponse, noVectors, textsOf } from "../embed-list.ts";
import { noGlance } from "../no-glance.ts";
import { openaiError } from "../openai-chat/error.ts";

interface CortexReply {
  /** Each entry holds a list of one vector. */
  data?: { embedding?: number[] | number[][]; index?: number }[];
  usage?: { prompt_tokens?: number; total_tokens?: number };
}

export const snowflakeEmbed: ProviderSide<"embed"> = {
  operation: "embed",
  dialect: "snowflake-embed",
  path: () => "/api/v2/cortex/inference:embed",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked: { input, encoding_format: _, user: __, metadata: ___, ...more }, model }) => ({
    ...more,
    model,
    text: textsOf(input),
  }),
  response: (reply, context) => embedResponse(vectorsOf(reply), context, usage(reply)?.inputTokens),
  glance: noGlance,
  replyPatch: () => ({}),
  usage,
  error: openaiError,
};

function vectorsOf({ body }: WireReply): number[][] {
  const told = (body as CortexReply | null)?.data;
  if (!Array.isArray(told)) throw noVectors();
  return told.map(({ embedding = [] }) => {
    const [first] = embedding;
    return Array.isArray(first) ? first : (embedding as number[]);
  });
}

function usage({ body }: WireReply): Usage | undefined {
  const { prompt_tokens: prompt, total_tokens: total } = (body as CortexReply | null)?.usage ?? {};
  const tokens = prompt ?? total;
  return tokens === undefined ? undefined : { inputTokens: tokens };
}
