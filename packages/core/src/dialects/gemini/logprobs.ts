/** Google's logprobsResult → OpenAI's logprobs. */

import type { WireLogprob, WireLogprobs } from "./wire.ts";

interface Logprob {
  token: string;
  logprob: number;
  bytes: number[];
}

export function logprobsOf(told: WireLogprobs | undefined): { content: (Logprob & { top_logprobs: Logprob[] })[] } | undefined {
  if (!told?.chosenCandidates) return undefined;
  return {
    content: told.chosenCandidates.map((chosen, at) => ({
      ...logprob(chosen),
      top_logprobs: (told.topCandidates?.[at]?.candidates ?? []).map(logprob),
    })),
  };
}

function logprob({ token = "", logProbability = 0 }: WireLogprob): Logprob {
  return { token, logprob: logProbability, bytes: [...Buffer.from(token)] };
}
