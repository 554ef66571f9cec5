/** What can be asked of a model, one row each: its shapes as types, the parameters that OpenAI knows as data. */

import type { SpeakRequest, SpeakResponse, TranscribeRequest, TranscribeResponse } from "./audio.ts";
import type { ChatChunk, ChatRequest, ChatResponse } from "./chat.ts";
import type { EmbedRequest, EmbedResponse } from "./embed.ts";
import type { ImageEditRequest, ImageRequest, ImageResponse } from "./image.ts";
import type { ModerateRequest, ModerateResponse } from "./moderate.ts";
import type { OcrRequest, OcrResponse } from "./ocr.ts";
import type { RerankRequest, RerankResponse } from "./rerank.ts";

export interface Operations {
  chat: { request: ChatRequest; response: ChatResponse; chunk: ChatChunk };
  embed: { request: EmbedRequest; response: EmbedResponse; chunk: never };
  rerank: { request: RerankRequest; response: RerankResponse; chunk: never };
  image: { request: ImageRequest; response: ImageResponse; chunk: never };
  editImage: { request: ImageEditRequest; response: ImageResponse; chunk: never };
  varyImage: { request: ImageEditRequest; response: ImageResponse; chunk: never };
  speak: { request: SpeakRequest; response: SpeakResponse; chunk: never };
  transcribe: { request: TranscribeRequest; response: TranscribeResponse; chunk: never };
  /** Speech of any language to English text. */
  translate: { request: TranscribeRequest; response: TranscribeResponse; chunk: never };
  moderate: { request: ModerateRequest; response: ModerateResponse; chunk: never };
  ocr: { request: OcrRequest; response: OcrResponse; chunk: never };
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
  rerank: {
    known: set("top_n rank_fields return_documents max_chunks_per_doc max_tokens_per_doc"),
    always: set("model query documents user metadata"),
  },
  image: {
    known: set("background moderation n output_compression output_format partial_images quality response_format size style"),
    always: set("model prompt stream user metadata"),
  },
  editImage: {
    known: set("background input_fidelity mask n output_compression output_format partial_images quality response_format size"),
    always: set("model prompt image stream user metadata"),
  },
  varyImage: { known: set("n response_format size"), always: set("model prompt image user metadata") },
  speak: { known: set("instructions response_format speed stream_format voice"), always: set("model input user metadata") },
  transcribe: {
    known: set("chunking_strategy include language prompt response_format temperature timestamp_granularities"),
    always: set("model file stream user metadata"),
  },
  translate: { known: set("prompt response_format temperature"), always: set("model file user metadata") },
  moderate: { known: set(""), always: set("model input user metadata") },
  ocr: {
    known: set("bbox_annotation_format document_annotation_format image_limit image_min_size include_image_base64 pages"),
    always: set("model document user metadata"),
  },
};
