/** The shapes of Bedrock's Converse API as they travel. Source: docs.aws.amazon.com/bedrock/latest/APIReference/API_runtime_Converse.html. */

export type JsonObject = Record<string, unknown>;

export interface MediaSource {
  /** Base64. */
  bytes?: string;
  s3Location?: { uri: string; bucketOwner?: string };
}
export interface CachePoint {
  type: "default";
  ttl?: "5m" | "1h";
}
export interface ReasoningContent {
  reasoningText?: { text: string; signature?: string };
  /** Base64. */
  redactedContent?: string;
}
export interface ToolUse {
  toolUseId: string;
  name: string;
  input: unknown;
}
export interface ToolResult {
  toolUseId: string;
  content: Block[];
  status?: "success" | "error";
}
/** Exactly one member is there. */
export interface Block {
  text?: string;
  image?: { format: string; source: MediaSource };
  document?: { format: string; name: string; source: MediaSource; context?: string; citations?: { enabled: boolean } };
  video?: { format: string; source: MediaSource };
  audio?: { format: string; source: MediaSource };
  json?: unknown;
  toolUse?: ToolUse;
  toolResult?: ToolResult;
  reasoningContent?: ReasoningContent;
  guardContent?: unknown;
  cachePoint?: CachePoint;
  citationsContent?: CitationsContent;
  [name: string]: unknown;
}
export interface CitationsContent {
  content?: { text?: string }[];
  citations?: JsonObject[];
}

export interface WireMessage {
  role: "user" | "assistant";
  content: Block[];
}

export interface WireTool {
  toolSpec?: { name: string; description?: string; inputSchema: { json: JsonObject }; strict?: boolean };
  systemTool?: { name: string };
  cachePoint?: CachePoint;
}
export interface ToolConfig {
  tools: WireTool[];
  toolChoice?: { auto?: JsonObject; any?: JsonObject; tool?: { name: string } };
}

export interface ConverseRequest {
  messages: WireMessage[];
  system?: Block[];
  inferenceConfig?: { maxTokens?: number; temperature?: number; topP?: number; stopSequences?: string[] };
  toolConfig?: ToolConfig;
  outputConfig?: unknown;
  additionalModelRequestFields?: JsonObject;
  serviceTier?: { type: string };
  [name: string]: unknown;
}

export interface WireUsage {
  /** Without those read from and written to the cache. */
  inputTokens?: number;
  outputTokens?: number;
  totalTokens?: number;
  cacheReadInputTokens?: number;
  cacheWriteInputTokens?: number;
  cacheDetails?: { inputTokens?: number; ttl?: string }[];
}

export interface ConverseResponse {
  output?: { message?: { role?: string; content?: Block[] } };
  stopReason?: string;
  usage?: WireUsage;
  metrics?: { latencyMs?: number };
  trace?: unknown;
  serviceTier?: { type?: string };
  additionalModelResponseFields?: unknown;
}

/** All events of a stream in one loose shape: which members are there depends on the event's name. */
export interface WireStreamEvent {
  role?: string;
  conversationId?: string;
  contentBlockIndex?: number;
  start?: { toolUse?: { toolUseId?: string; name?: string } };
  delta?: {
    text?: string;
    toolUse?: { input?: string };
    reasoningContent?: { text?: string; signature?: string; redactedContent?: string };
    citation?: JsonObject;
  };
  stopReason?: string;
  usage?: WireUsage;
  trace?: unknown;
  serviceTier?: { type?: string };
}
