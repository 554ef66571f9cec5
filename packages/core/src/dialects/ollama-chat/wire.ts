/** What Ollama's server reads and answers. Source: docs.ollama.com/api. */

export interface OllamaToolCall {
  id?: string;
  function: { name: string; arguments?: Record<string, unknown> | string; index?: number };
}

export interface OllamaMessage {
  role: "system" | "user" | "assistant" | "tool";
  content: string;
  /** Base64 without prefix. */
  images?: string[];
  thinking?: string;
  tool_calls?: OllamaToolCall[];
  /** In a tool's result: which tool it was. */
  tool_name?: string;
}

/** A reply of /api/chat or /api/generate, or one line of their streams. */
export interface OllamaReply {
  model?: string;
  created_at?: string;
  /** /api/chat */
  message?: { role?: string; content?: string | null; thinking?: string | null; tool_calls?: OllamaToolCall[] | null };
  /** /api/generate */
  response?: string | null;
  thinking?: string | null;
  done?: boolean;
  /** stop, length, load, unload */
  done_reason?: string;
  prompt_eval_count?: number;
  eval_count?: number;
  error?: unknown;
  [name: string]: unknown;
}

/** Both endpoints' answers in the form of chat. */
export function messageOf(reply: OllamaReply): NonNullable<OllamaReply["message"]> {
  return reply.message ?? { content: reply.response, thinking: reply.thinking };
}
