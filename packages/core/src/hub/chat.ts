/** OpenAI's chat completions, the shape that every chat dialect translates to and from. Source: platform.openai.com/docs/api-reference/chat. */

import type { Annotation, CacheControl, ReplyImage, ThinkingBlock } from "./extensions.ts";

export interface TextPart {
  type: "text";
  text: string;
  cache_control?: CacheControl;
}
export interface ImagePart {
  type: "image_url";
  /** An address, a `data:` URL, or (loosely) just the string. `format` names the media type where the address does not. */
  image_url: { url: string; detail?: string; format?: string } | string;
  cache_control?: CacheControl;
}
export interface AudioPart {
  type: "input_audio";
  /** Base64 without prefix; `format` is wav, mp3 … */
  input_audio: { data: string; format: string };
}
export interface FilePart {
  type: "file";
  /** `file_data` is a data URL or an address; `file_id` a provider's id or an address. */
  file: { file_id?: string; file_data?: string; filename?: string; format?: string };
  cache_control?: CacheControl;
}
export interface VideoPart {
  type: "video_url";
  video_url: { url: string; detail?: string; format?: string } | string;
}
/** Any other part: `refusal`, `thinking`, a provider's own. */
export interface OtherPart {
  type: string;
  [name: string]: unknown;
}
export type ContentPart = TextPart | ImagePart | AudioPart | FilePart | VideoPart | OtherPart;

export interface ToolCall {
  id?: string;
  type?: "function" | "custom";
  function: { name: string; arguments: string };
  provider_specific_fields?: Record<string, unknown> | null;
  index?: number;
}

export interface ChatMessage {
  role: "system" | "developer" | "user" | "assistant" | "tool" | "function";
  content?: string | ContentPart[] | null;
  name?: string;
  tool_calls?: ToolCall[] | null;
  function_call?: { name: string; arguments: string } | null;
  tool_call_id?: string;
  refusal?: string | null;
  cache_control?: CacheControl;
  reasoning_content?: string | null;
  thinking_blocks?: ThinkingBlock[] | null;
  [name: string]: unknown;
}

export interface FunctionTool {
  type: "function";
  function: { name: string; description?: string; parameters?: Record<string, unknown>; strict?: boolean | null; [name: string]: unknown };
  cache_control?: CacheControl;
}
/** A function, or a provider's hosted tool. */
export type Tool = FunctionTool | { type: string; [name: string]: unknown };
export type ToolChoice = "none" | "auto" | "required" | { type: string; function?: { name: string }; [name: string]: unknown };

export interface ChatRequest {
  model: string;
  messages: ChatMessage[];
  stream?: boolean | null;
  stream_options?: { include_usage?: boolean; [name: string]: unknown } | null;
  max_tokens?: number | null;
  max_completion_tokens?: number | null;
  temperature?: number | null;
  top_p?: number | null;
  n?: number | null;
  stop?: string | string[] | null;
  seed?: number | null;
  presence_penalty?: number | null;
  frequency_penalty?: number | null;
  logit_bias?: Record<string, number> | null;
  logprobs?: boolean | null;
  top_logprobs?: number | null;
  user?: string | null;
  tools?: Tool[] | null;
  tool_choice?: ToolChoice | null;
  parallel_tool_calls?: boolean | null;
  functions?: FunctionTool["function"][] | null;
  function_call?: "none" | "auto" | { name: string } | null;
  response_format?: {
    type: string;
    json_schema?: { name?: string; schema?: Record<string, unknown>; strict?: boolean | null; description?: string };
    [name: string]: unknown;
  } | null;
  reasoning_effort?: string | { effort?: string; summary?: string } | null;
  thinking?: { type: string; budget_tokens?: number; [name: string]: unknown } | null;
  modalities?: string[] | null;
  audio?: { voice?: string | Record<string, unknown>; format?: string; [name: string]: unknown } | null;
  web_search_options?: { search_context_size?: string; user_location?: Record<string, unknown>; [name: string]: unknown } | null;
  service_tier?: string | null;
  metadata?: Record<string, unknown> | null;
  /** A provider's own parameters travel on untouched. */
  [name: string]: unknown;
}

export type FinishReason = "stop" | "length" | "tool_calls" | "content_filter" | "function_call";

export interface ReplyMessage {
  role: "assistant";
  content: string | null;
  refusal?: string | null;
  tool_calls?: ToolCall[];
  function_call?: { name: string; arguments: string };
  reasoning_content?: string | null;
  thinking_blocks?: ThinkingBlock[];
  annotations?: Annotation[];
  images?: ReplyImage[];
  audio?: Record<string, unknown> | null;
  provider_specific_fields?: Record<string, unknown>;
  [name: string]: unknown;
}

export interface ChatUsage {
  prompt_tokens: number;
  completion_tokens: number;
  total_tokens: number;
  prompt_tokens_details?: Record<string, unknown> | null;
  completion_tokens_details?: Record<string, unknown> | null;
  [name: string]: unknown;
}

export interface ChatChoice {
  index: number;
  message: ReplyMessage;
  finish_reason: FinishReason;
  logprobs?: Record<string, unknown> | null;
  provider_specific_fields?: Record<string, unknown>;
}

export interface ChatResponse {
  id: string;
  object: "chat.completion";
  /** Seconds since 1970. */
  created: number;
  model: string;
  choices: ChatChoice[];
  usage?: ChatUsage;
  system_fingerprint?: string | null;
  service_tier?: string | null;
  provider_specific_fields?: Record<string, unknown>;
  [name: string]: unknown;
}

export interface ChatDelta {
  role?: "assistant";
  content?: string | null;
  refusal?: string | null;
  tool_calls?: {
    index: number;
    id?: string;
    type?: "function";
    function?: { name?: string; arguments?: string };
    provider_specific_fields?: Record<string, unknown>;
  }[];
  reasoning_content?: string | null;
  thinking_blocks?: ThinkingBlock[];
  annotations?: Annotation[];
  images?: ReplyImage[];
  audio?: Record<string, unknown> | null;
  provider_specific_fields?: Record<string, unknown>;
  [name: string]: unknown;
}

export interface ChatChunk {
  id: string;
  object: "chat.completion.chunk";
  created: number;
  model: string;
  choices: {
    index: number;
    delta: ChatDelta;
    finish_reason: FinishReason | null;
    logprobs?: Record<string, unknown> | null;
    provider_specific_fields?: Record<string, unknown>;
  }[];
  /** Stands on the last chunk, whose `choices` are empty; whether the client gets it is decided by the encoder. */
  usage?: ChatUsage | null;
  [name: string]: unknown;
}
