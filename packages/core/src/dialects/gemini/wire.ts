/** Shapes of Google's generateContent as they travel. Source: ai.google.dev/api/generate-content. */

export interface WireBlob {
  mimeType?: string;
  data: string;
}
export interface WireFile {
  mimeType?: string;
  fileUri: string;
}
export interface WireFunctionCall {
  id?: string;
  name: string;
  args?: Record<string, unknown>;
}
export interface WireFunctionResponse {
  id?: string;
  name: string;
  response: Record<string, unknown>;
  parts?: WirePart[];
}
export interface WirePart {
  text?: string;
  thought?: boolean;
  /** Base64; must come back with the part that it came with. */
  thoughtSignature?: string;
  inlineData?: WireBlob;
  fileData?: WireFile;
  functionCall?: WireFunctionCall;
  functionResponse?: WireFunctionResponse;
  executableCode?: { language?: string; code?: string };
  codeExecutionResult?: { outcome?: string; output?: string };
  toolCall?: Record<string, unknown>;
  toolResponse?: Record<string, unknown>;
  videoMetadata?: Record<string, unknown>;
  mediaResolution?: { level: string };
}
export interface WireContent {
  role?: "user" | "model";
  parts?: WirePart[];
}

export interface WireFunction {
  name: string;
  description?: string;
  parameters?: Record<string, unknown>;
  [name: string]: unknown;
}
export interface WireTool {
  functionDeclarations?: WireFunction[];
  [name: string]: unknown;
}
export interface WireToolConfig {
  functionCallingConfig?: { mode: "AUTO" | "ANY" | "NONE" | "VALIDATED"; allowedFunctionNames?: string[] };
  retrievalConfig?: Record<string, unknown>;
  includeServerSideToolInvocations?: boolean;
}
export interface WireThinking {
  includeThoughts?: boolean;
  /** Tokens. */
  thinkingBudget?: number;
  thinkingLevel?: string;
}
export interface GenerateRequest {
  contents: WireContent[];
  systemInstruction?: { parts: WirePart[] };
  tools?: WireTool[];
  toolConfig?: WireToolConfig;
  generationConfig?: Record<string, unknown>;
  serviceTier?: string;
  [name: string]: unknown;
}

export interface WireModality {
  modality?: string;
  tokenCount?: number;
}
export interface WireUsage {
  promptTokenCount?: number;
  candidatesTokenCount?: number;
  totalTokenCount?: number;
  thoughtsTokenCount?: number;
  cachedContentTokenCount?: number;
  toolUsePromptTokenCount?: number;
  promptTokensDetails?: WireModality[];
  candidatesTokensDetails?: WireModality[];
  /** Vertex: ON_DEMAND, ON_DEMAND_PRIORITY, ON_DEMAND_FLEX, PROVISIONED_THROUGHPUT. */
  trafficType?: string;
  serviceTier?: string;
}
export interface WireGrounding {
  webSearchQueries?: string[];
  groundingChunks?: { [kind: string]: { uri?: string; title?: string } | undefined }[];
  groundingSupports?: { segment?: { startIndex?: number; endIndex?: number }; groundingChunkIndices?: number[] }[];
  [name: string]: unknown;
}
export interface WireLogprob {
  token?: string;
  logProbability?: number;
}
export interface WireLogprobs {
  topCandidates?: { candidates?: WireLogprob[] }[];
  chosenCandidates?: WireLogprob[];
}
export interface WireCandidate {
  index?: number;
  content?: WireContent;
  finishReason?: string;
  finishMessage?: string;
  safetyRatings?: unknown[];
  citationMetadata?: unknown;
  groundingMetadata?: WireGrounding;
  urlContextMetadata?: unknown;
  logprobsResult?: WireLogprobs;
  avgLogprobs?: number;
}
export interface GenerateReply {
  candidates?: WireCandidate[];
  promptFeedback?: { blockReason?: string; blockReasonMessage?: string; safetyRatings?: unknown[] };
  usageMetadata?: WireUsage;
  modelVersion?: string;
  responseId?: string;
  error?: unknown;
}
