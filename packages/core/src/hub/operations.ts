/** What can be asked of a model, one row each: its shapes as types, the parameters that OpenAI knows as data. */

import type { ChatChunk, ChatRequest, ChatResponse } from "./chat.ts";
import type { EmbedRequest, EmbedResponse } from "./embed.ts";

export interface Operations {
  chat: { request: ChatRequest; response: ChatResponse; chunk: ChatChunk };
  embed: { request: EmbedRequest; response: EmbedResponse; chunk: never };
}
export type Operation = keyof Operations;

interface OperationRow {
  /** Parameters of OpenAI's own that a provider may lack: dropped or refused. What stands in neither list travels on untouched. */
  readonly known: ReadonlySet<string>;
  /** Those that every provider is taken to understand, or that a translator turns into something else. */
  readonly always: ReadonlySet<string>;
}

const set = (words: string): ReadonlySet<string> => new Set(words.split(" "));

export const operations: { readonly [O in Operation]: OperationRow } = {
  chat: {
    known: set(
      "audio frequency_penalty function_call functions logit_bias logprobs max_completion_tokens max_tokens modalities n parallel_tool_calls " +
        "prediction presence_penalty prompt_cache_key prompt_cache_retention reasoning_effort response_format safety_identifier seed service_tier " +
        "stop store temperature thinking tool_choice tools top_logprobs top_p verbosity web_search_options",
    ),
    always: set("model messages stream stream_options user metadata"),
  },
  embed: {
    known: set("dimensions encoding_format"),
    always: set("model input user metadata"),
  },
};
