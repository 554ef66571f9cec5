/** What users of the library write and get. */

import type { SpeakRequest, TranscribeRequest } from "./hub/audio.ts";
import type { ChatRequest } from "./hub/chat.ts";
import type { EmbedRequest } from "./hub/embed.ts";
import type { FilePart } from "./hub/file-part.ts";
import type { ImageEditRequest, ImageRequest } from "./hub/image.ts";
import type { ModerateRequest } from "./hub/moderate.ts";
import type { OcrRequest } from "./hub/ocr.ts";
import type { RerankRequest } from "./hub/rerank.ts";

/** Beside the model's own parameters, on every call. Names are LiteLLM's. */
export interface CompletionOptions {
  readonly api_key?: string;
  readonly api_base?: string;
  readonly api_version?: string;
  readonly organization?: string;
  readonly custom_llm_provider?: string;
  readonly extra_headers?: Readonly<Record<string, string>>;
  readonly extra_body?: Readonly<Record<string, unknown>>;
  /** Seconds until the answer must be there; between events of a stream with `stream_timeout`. */
  readonly timeout?: number;
  readonly stream_timeout?: number;
  readonly num_retries?: number;
  /** Models to try when this one fails, in order. */
  readonly fallbacks?: readonly string[];
  readonly drop_params?: boolean;
  readonly additional_drop_params?: readonly string[];
  readonly allowed_openai_params?: readonly string[];
  /** Answers without a call, for tests. */
  readonly mock_response?: unknown;
  /** Ends the call. */
  readonly signal?: AbortSignal;
}

export type CompletionRequest = ChatRequest & CompletionOptions;
export type EmbeddingRequest = EmbedRequest & CompletionOptions;

export type RerankingRequest = RerankRequest & CompletionOptions;
export type ImageGenerationRequest = ImageRequest & CompletionOptions;
export type ModerationRequest = Omit<ModerateRequest, "model"> & { model?: string } & CompletionOptions;
export type OcrReadingRequest = OcrRequest & CompletionOptions;
export type SpeechRequest = SpeakRequest & CompletionOptions;

/** Bytes, a Blob or File, or bytes with a name. */
export type GivenFile =
  | Uint8Array
  | Blob
  | FilePart
  | { readonly filename: string; readonly data: Uint8Array; readonly mediaType?: string };
export type ImageChangeRequest = Omit<ImageEditRequest, "image" | "mask"> &
  CompletionOptions & { model: string; image: GivenFile | readonly GivenFile[]; mask?: GivenFile };
export type TranscriptionRequest = Omit<TranscribeRequest, "file"> & CompletionOptions & { model: string; file: GivenFile };

/** Sound with its media type. */
export interface Speech {
  readonly mediaType: string;
  readonly audio: Buffer;
}

export interface TextCompletionRequest extends CompletionOptions {
  model: string;
  prompt: string | string[] | number[] | number[][];
  stream?: false;
  [name: string]: unknown;
}

/** OpenAI's legacy completion. */
export interface TextCompletion {
  id: string;
  object: "text_completion";
  created: number;
  model: string;
  choices: { index: number; text: string; finish_reason: string; logprobs?: unknown }[];
  usage?: { prompt_tokens: number; completion_tokens: number; total_tokens: number };
}
