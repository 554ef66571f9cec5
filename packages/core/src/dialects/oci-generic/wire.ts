/** Oracle's chat in the format GENERIC. Source: docs.oracle.com/en-us/iaas/api/#/en/generative-ai-inference (ChatDetails, GenericChatRequest, GenericChatResponse). */

export interface OciContent {
  type: "TEXT" | "IMAGE";
  text?: string;
  imageUrl?: { url: string; detail?: string };
}

export interface OciToolCall {
  id?: string;
  type?: "FUNCTION";
  name?: string;
  arguments?: string;
}

export interface OciMessage {
  role: "SYSTEM" | "USER" | "ASSISTANT" | "TOOL";
  content?: OciContent[] | null;
  toolCalls?: OciToolCall[] | null;
  toolCallId?: string;
  reasoningContent?: string | null;
}

export interface OciUsage {
  promptTokens?: number;
  completionTokens?: number;
  totalTokens?: number;
  promptTokensDetails?: { cachedTokens?: number } | null;
  completionTokensDetails?: { reasoningTokens?: number } | null;
}

export interface OciReply {
  modelId?: string;
  chatResponse?: {
    apiFormat?: string;
    choices?: { index?: number; message?: Partial<OciMessage>; finishReason?: string }[];
    /** Of the format COHERE. */
    text?: string;
    toolCalls?: { name?: string; parameters?: unknown }[] | null;
    finishReason?: string;
    usage?: OciUsage;
  };
}

/** One event of a stream, in either format. */
export interface OciEvent {
  index?: number;
  message?: Partial<OciMessage>;
  finishReason?: string;
  usage?: OciUsage;
  text?: string;
  toolCalls?: { name?: string; parameters?: unknown }[] | null;
  code?: string;
}
