/** The one public door of the library. */

export { type Client, type ClientOptions, createClient } from "./client.ts";
export type { CompletionOptions, CompletionRequest, EmbeddingRequest, TextCompletion, TextCompletionRequest } from "./client-types.ts";
export { countTokens } from "./count-tokens.ts";
export * from "./error-classes.ts";
export { type Blame, type ErrorDetail, type ErrorKind, errorKinds, GatewayError, type Retry } from "./errors.ts";
export type * from "./hub/chat.ts";
export type * from "./hub/embed.ts";
export type * from "./hub/extensions.ts";
export type { ModelFacts } from "./hub/model-facts.ts";
export { completionCost, modelInfo } from "./pricing/model-info.ts";
export { completion, embedding, textCompletion } from "./shared-client.ts";
export { supportedParams } from "./supported-params.ts";
