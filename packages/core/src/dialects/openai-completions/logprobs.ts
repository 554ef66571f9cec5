/** Token probabilities in the shape of text completions and in the shape of chat. */

import type { TextLogprobs } from "./wire.ts";

interface ChatToken {
  token: string;
  logprob: number;
  bytes: number[] | null;
  top_logprobs: { token: string; logprob: number; bytes: number[] | null }[];
}

/** Undefined when the provider told none. The first token of an echoed prompt has no probability: told as 0. */
export function chatLogprobs(told: TextLogprobs | null | undefined): Record<string, unknown> | undefined {
  if (!told) return undefined;
  if (!Array.isArray(told.tokens)) return told;
  const content = told.tokens.map((token, at): ChatToken => {
    const top = Object.entries(told.top_logprobs?.[at] ?? {});
    return { ...entry(token, told.token_logprobs?.[at] ?? 0), top_logprobs: top.map(([other, logprob]) => entry(other, logprob)) };
  });
  return { content, refusal: null };
}

/** `offset`: where the text of these tokens begins. */
export function textLogprobs(told: Record<string, unknown> | null | undefined, offset: number): TextLogprobs | null {
  const content = told?.["content"];
  if (!Array.isArray(content)) return null;
  const tokens = content as ChatToken[];
  let at = offset;
  const offsets = tokens.map(({ token }) => {
    const here = at;
    at += token.length;
    return here;
  });
  return {
    tokens: tokens.map(({ token }) => token),
    token_logprobs: tokens.map(({ logprob }) => logprob),
    top_logprobs: tokens.map((each) => Object.fromEntries((each.top_logprobs ?? []).map(({ token, logprob }) => [token, logprob]))),
    text_offset: offsets,
  };
}

function entry(token: string, logprob: number): Omit<ChatToken, "top_logprobs"> {
  return { token, logprob, bytes: [...new TextEncoder().encode(token)] };
}
