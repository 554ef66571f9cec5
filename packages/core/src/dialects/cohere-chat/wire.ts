/** What Cohere's /v2/chat reads and answers. Source: docs.cohere.com/reference/chat, docs.cohere.com/reference/chat-stream. */

export interface CohereToolCall {
  id?: string;
  type?: "function";
  function?: { name?: string; arguments?: string };
}

export interface CohereMessage {
  role: "system" | "user" | "assistant" | "tool";
  content?: string | Record<string, unknown>[];
  tool_calls?: CohereToolCall[];
  /** What the model thought before it called its tools. */
  tool_plan?: string;
  tool_call_id?: string;
}

export interface CohereSource {
  type?: "tool" | "document";
  id?: string;
  document?: Record<string, unknown>;
  tool_output?: Record<string, unknown>;
}

export interface CohereCitation {
  start?: number;
  end?: number;
  text?: string;
  sources?: CohereSource[];
  /** Which part of the content the places count in. */
  content_index?: number;
  /** TEXT_CONTENT, THINKING_CONTENT, PLAN */
  type?: string;
}

export interface CohereContent {
  type?: string;
  text?: string;
  thinking?: string;
}

export interface CohereReply {
  id?: string;
  /** COMPLETE, STOP_SEQUENCE, MAX_TOKENS, TOOL_CALL, ERROR, TIMEOUT */
  finish_reason?: string;
  message?: {
    role?: string;
    content?: CohereContent[] | null;
    tool_plan?: string | null;
    tool_calls?: CohereToolCall[] | null;
    citations?: CohereCitation[] | null;
  };
  usage?: CohereUsage;
  [name: string]: unknown;
}

export interface CohereUsage {
  tokens?: { input_tokens?: number; output_tokens?: number };
  /** Without the tokens of Cohere's own preamble. */
  billed_units?: { input_tokens?: number; output_tokens?: number; search_units?: number };
  cached_tokens?: number;
}

/** message-start, content-start, content-delta, tool-plan-delta, tool-call-start, tool-call-delta, citation-start, message-end … */
export interface CohereEvent {
  type?: string;
  id?: string;
  index?: number;
  delta?: {
    finish_reason?: string;
    usage?: CohereUsage;
    error?: string;
    message?: {
      content?: CohereContent;
      tool_plan?: string;
      tool_calls?: CohereToolCall;
      citations?: CohereCitation;
    };
  };
}
