/** A chat request as a text completion. */

import type { ChatRequest } from "../../hub/chat.ts";
import type { TranslateContext } from "../dialect.ts";
import { withUsage } from "../openai-chat/provider-side.ts";
import { promptOf } from "./prompt.ts";

/** What this dialect does not know travels on: the server says so, if it minds. */
export function textRequest({ asked, model }: TranslateContext<"chat">): Record<string, unknown> {
  const { messages, max_tokens, max_completion_tokens, logprobs: _, top_logprobs: __, stream_options, ...rest } = asked;
  const limit = max_tokens ?? max_completion_tokens;
  const alternatives = alternativesOf(asked);
  return {
    ...rest,
    model,
    prompt: promptOf(messages),
    ...(limit !== undefined && limit !== null && { max_tokens: limit }),
    ...(alternatives !== undefined && { logprobs: alternatives }),
    ...(asked.stream && { stream_options: withUsage(stream_options) }),
  };
}

/** Chat says whether and how many apart, text completions say how many. */
function alternativesOf({ logprobs, top_logprobs: top }: ChatRequest): number | undefined {
  if (!logprobs && !top) return undefined;
  return top ?? 0;
}
