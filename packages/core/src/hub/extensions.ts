/** The one closed list of what OpenAI's chat shape lacks; dialects use no others. The names are those that LiteLLM's clients know. */

/** Asks a provider to cache the prompt up to here. Source: Anthropic's prompt caching. */
export interface CacheControl {
  type: "ephemeral";
  ttl?: "5m" | "1h";
}

/** A model's thinking with its proof, to be sent back unchanged in the next turn; redacted ones are opaque. */
export type ThinkingBlock =
  | { type: "thinking"; thinking: string; signature?: string; cache_control?: CacheControl }
  | { type: "redacted_thinking"; data: string; cache_control?: CacheControl };

/** Where a statement comes from. Source: OpenAI's `annotations`. */
export interface Annotation {
  type: "url_citation";
  url_citation: { url: string; title?: string; start_index?: number; end_index?: number; [name: string]: unknown };
}

/** An image that a chat model made. */
export interface ReplyImage {
  type: "image_url";
  image_url: { url: string; detail?: string };
  index?: number;
}
