/** The shapes of Anthropic's Messages API as they travel. Source: platform.claude.com/docs/en/api/messages. */

import type { CacheControl } from "../../hub/extensions.ts";

export type JsonObject = Record<string, unknown>;

export type Source =
  | { type: "base64"; media_type: string; data: string }
  | { type: "url"; url: string }
  | { type: "file"; file_id: string }
  | { type: "text"; media_type: "text/plain"; data: string }
  | { type: "content"; content: string | Block[] };

export interface TextBlock {
  type: "text";
  text: string;
  cache_control?: CacheControl;
  citations?: Citation[] | null;
}
export interface MediaBlock {
  type: "image" | "document";
  source: Source;
  title?: string;
  context?: string;
  citations?: { enabled: boolean };
  cache_control?: CacheControl;
}
export interface ThinkingWire {
  type: "thinking";
  thinking: string;
  signature?: string;
}
export interface RedactedThinking {
  type: "redacted_thinking";
  data: string;
}
/** A call of the client's tool, or (`server_tool_use`) one that the provider runs itself. */
export interface ToolUse {
  type: "tool_use" | "server_tool_use";
  id: string;
  name: string;
  input: unknown;
  caller?: unknown;
  cache_control?: CacheControl;
}
export interface ToolResult {
  type: "tool_result";
  tool_use_id: string;
  content?: string | Block[];
  is_error?: boolean;
  cache_control?: CacheControl;
}
/** `web_search_tool_result`, `mcp_tool_use`, `compaction`, `container_upload` and whatever comes next. */
export interface OtherBlock {
  type: string;
  [name: string]: unknown;
}
export type Block = TextBlock | MediaBlock | ThinkingWire | RedactedThinking | ToolUse | ToolResult | OtherBlock;

export interface Citation {
  type: string;
  cited_text?: string;
  url?: string;
  title?: string | null;
  [name: string]: unknown;
}

export interface WireMessage {
  /** `system` in mid-conversation is known to the newest models only. */
  role: "user" | "assistant" | "system";
  content: string | Block[];
}

export interface WireTool {
  type?: string;
  name?: string;
  description?: string;
  input_schema?: JsonObject;
  cache_control?: CacheControl;
  [name: string]: unknown;
}

export interface WireToolChoice {
  type: "auto" | "any" | "none" | "tool";
  name?: string;
  disable_parallel_tool_use?: boolean;
}

export interface McpServer {
  type: "url";
  url: string;
  name?: string;
  authorization_token?: string;
  tool_configuration?: { enabled?: boolean; allowed_tools?: string[] };
  [name: string]: unknown;
}

export interface WireThinking {
  type: string;
  budget_tokens?: number;
  display?: string;
  [name: string]: unknown;
}

export interface MessagesRequest {
  model: string;
  messages: WireMessage[];
  max_tokens: number;
  system?: string | TextBlock[];
  stream?: boolean;
  temperature?: number;
  top_p?: number;
  top_k?: number;
  stop_sequences?: string[];
  tools?: WireTool[];
  tool_choice?: WireToolChoice;
  thinking?: WireThinking;
  output_config?: { effort?: string; format?: { type: "json_schema"; schema: JsonObject }; [name: string]: unknown };
  metadata?: { user_id?: string | null };
  mcp_servers?: McpServer[];
  context_management?: unknown;
  container?: unknown;
  service_tier?: string;
  speed?: string;
  [name: string]: unknown;
}

/** Tokens of one run of the model within a call: compaction and hosted tools make several. */
export interface TokenCounts {
  /** Without those read from and written to the cache. */
  input_tokens?: number | null;
  output_tokens?: number | null;
  cache_creation_input_tokens?: number | null;
  cache_read_input_tokens?: number | null;
  cache_creation?: { ephemeral_5m_input_tokens?: number | null; ephemeral_1h_input_tokens?: number | null } | null;
}

export interface WireUsage extends TokenCounts {
  output_tokens_details?: { thinking_tokens?: number | null } | null;
  server_tool_use?: { web_search_requests?: number | null; [name: string]: unknown } | null;
  service_tier?: string | null;
  inference_geo?: string | null;
  speed?: string | null;
  iterations?: TokenCounts[] | null;
}

export interface MessagesResponse {
  id: string;
  type: "message";
  role: "assistant";
  model: string;
  content: Block[];
  stop_reason: string | null;
  stop_sequence?: string | null;
  usage?: WireUsage;
  container?: unknown;
  context_management?: unknown;
}

export interface BlockDelta {
  type: string;
  text?: string;
  partial_json?: string;
  thinking?: string;
  signature?: string;
  citation?: Citation;
  /** Of a `compaction_delta`. */
  content?: string;
}

/** All events of a stream in one loose shape: which members are there depends on `type`. */
export interface WireStreamEvent {
  type: string;
  message?: Partial<MessagesResponse>;
  index?: number;
  content_block?: Block;
  delta?: BlockDelta & { stop_reason?: string | null; stop_sequence?: string | null; container?: unknown };
  usage?: WireUsage;
  context_management?: unknown;
  error?: { type?: string; message?: string };
}

export interface WireError {
  type: "error";
  error: { type: string; message: string };
  request_id?: string;
}
