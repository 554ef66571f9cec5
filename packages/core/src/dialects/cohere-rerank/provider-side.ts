/** Calls a provider in Cohere's rerank, which is the hub's own shape. Source: docs.cohere.com/reference/rerank. */

import { GatewayError } from "../../errors.ts";
import type { RerankResponse } from "../../hub/rerank.ts";
import type { WireReply } from "../../transport/transport.ts";
import type { Usage } from "../../usage.ts";
import type { ProviderSide } from "../dialect.ts";
import { openaiError } from "../openai-chat/error.ts";
import { tidyRerank } from "./tidy.ts";

export const cohereRerank: ProviderSide<"rerank"> = {
  operation: "rerank",
  dialect: "cohere-rerank",
  path: () => "/v2/rerank",
  patch: ({ model }) => ({ set: { model } }),
  request: ({ asked, model }) => ({ ...asked, model }),
  response: (reply, context) => {
    const body = recordOf(reply.body);
    const { set, remove } = tidyRerank(answerIn(body), context);
    const { [remove ?? ""]: _, ...kept } = body;
    return { ...kept, ...set } as unknown as RerankResponse;
  },
  // Answers come whole: there is no stream to look at.
  glance: () => ({ push: () => "pass", usage: undefined, complete: true }),
  replyPatch: (body, at) => {
    const { set, remove } = tidyRerank(answerIn(body), at);
    return { set, ...(remove !== undefined && { remove: [remove] }) };
  },
  usage: rerankUsage,
  error: openaiError,
};

/** Billed are search units, or tokens where a provider counts those; who says neither is asked for one search. */
export function rerankUsage(reply: WireReply): Usage {
  const { meta, usage } = recordOf(reply.body);
  const { billed_units, tokens: counted } = recordOf(meta);
  const billed = recordOf(billed_units);
  const tokens = recordOf(counted);
  const told = recordOf(usage);
  const units = numberOf(billed["search_units"]) ?? numberOf(told["search_units"]);
  const input = numberOf(tokens["input_tokens"]) ?? numberOf(told["prompt_tokens"]) ?? numberOf(told["total_tokens"]);
  const total = input ?? numberOf(billed["total_tokens"]);
  const output = numberOf(tokens["output_tokens"]) ?? numberOf(told["completion_tokens"]);
  return {
    ...(total !== undefined && { inputTokens: total }),
    ...(output !== undefined && output > 0 && { outputTokens: output }),
    ...((units !== undefined || total === undefined) && { units: { queries: units ?? 1 } }),
  };
}

function answerIn(body: Readonly<Record<string, unknown>>): Readonly<Record<string, unknown>> {
  if (Array.isArray(body["results"]) || Array.isArray(body["data"])) return body;
  if (body["error"]) throw openaiError({ status: 200, headers: {}, body });
  throw new GatewayError("bad_reply", "The provider answered 200, but its body ranks nothing (it has no list 'results'). Check api_base.");
}

function recordOf(value: unknown): Record<string, unknown> {
  return value !== null && typeof value === "object" ? (value as Record<string, unknown>) : {};
}

function numberOf(value: unknown): number | undefined {
  return typeof value === "number" ? value : undefined;
}
